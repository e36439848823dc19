# Without a subscription there is nothing to end.
--> {"jsonrpc":"2.0","id":1,"method":"traces/unsubscribe"}
<-- {"jsonrpc":"2.0","id":1,"result":null}

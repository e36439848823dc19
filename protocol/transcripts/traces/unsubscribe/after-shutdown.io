# A session that is shut down has no subscription any more.
--> {"jsonrpc":"2.0","id":1,"method":"shutdown"}
<-- {"jsonrpc":"2.0","id":1,"result":null}
--> {"jsonrpc":"2.0","id":2,"method":"traces/unsubscribe"}
<-- {"jsonrpc":"2.0","id":2,"error":{"code":-32600,"message":"traces/unsubscribe came after shutdown; only the exit notification may follow"}}

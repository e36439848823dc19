# Scripts need no initialize, so they may shut down without it; twice is refused.
--> {"jsonrpc":"2.0","id":1,"method":"shutdown"}
<-- {"jsonrpc":"2.0","id":1,"result":null}
--> {"jsonrpc":"2.0","id":2,"method":"shutdown"}
<-- {"jsonrpc":"2.0","id":2,"error":{"code":-32600,"message":"shutdown came after shutdown; only the exit notification may follow"}}

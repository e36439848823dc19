# A session is initialized once.
--> {"jsonrpc":"2.0","id":1,"method":"initialize"}
--> {"jsonrpc":"2.0","id":2,"method":"initialize"}

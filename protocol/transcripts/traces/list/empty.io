# Before any record: what to do.
--> {"jsonrpc":"2.0","id":1,"method":"traces/list"}
<-- {"jsonrpc":"2.0","id":1,"result":{"traces":[],"total":0,"nextCursor":null,"hint":"write records to the pipe /run/user/1000/trace-distiller/default.pipe; server/status counts what arrives"}}

# What is told if nothing is asked for, and what is asked for.
--> {"jsonrpc":"2.0","id":1,"method":"traces/subscribe"}
<-- {"jsonrpc":"2.0","id":1,"result":{"events":["didComplete"]}}
--> {"jsonrpc":"2.0","id":2,"method":"traces/subscribe","params":{"events":["didChange","didStart"]}}
<-- {"jsonrpc":"2.0","id":2,"result":{"events":["didStart","didChange"]}}

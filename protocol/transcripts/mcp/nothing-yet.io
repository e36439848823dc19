# Before anything came through the pipe: what to do, and no error. A wrong call is a result that tells the fix; a wrong tool is an error.
--> {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"an agent","version":"1"}}}
--> {"jsonrpc":"2.0","method":"notifications/initialized"}
--> {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_traces","arguments":{}}}
--> {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"summarize_trace","arguments":{"traceId":"latest-error"}}}
--> {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"get_span","arguments":{}}}
--> {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"list_traces","arguments":{"filter":{"minDuration":5}}}}
--> {"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"list_trace","arguments":{}}}

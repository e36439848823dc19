# A language client opens a session; the same with one message a line, where it is not needed.
--> {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"clientInfo":{"name":"an editor","version":"1"},"locale":"en","capabilities":{}}}
<-- {"jsonrpc":"2.0","id":1,"result":{"capabilities":{"experimental":{"traceDistiller":{"version":"0.1.0","methods":{"traces/list":2,"traces/aggregate":2,"traces/compare":1,"traces/check":1,"traces/insights":1,"traces/search":2,"traces/await":2,"traces/report":2,"traces/clear":2,"trace/explain":1,"trace/summary":1,"trace/criticalPath":1,"trace/errors":1,"trace/insights":1,"trace/tree":1,"trace/span":1,"trace/export":1,"logs/list":2,"server/status":1}}}},"serverInfo":{"name":"trace-distiller","version":"0.1.0"}}}
--> {"jsonrpc":"2.0","method":"initialized","params":{}}
--> {"jsonrpc":"2.0","id":2,"method":"server/statu"}
<-- {"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"unknown method 'server/statu'; did you mean 'server/status'?","data":{"near":["server/status","trace/span","trace/tree"]}}}

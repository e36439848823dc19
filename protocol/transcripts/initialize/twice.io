# A session is initialized once.
--> {"jsonrpc":"2.0","id":1,"method":"initialize"}
<-- {"jsonrpc":"2.0","id":1,"result":{"capabilities":{"experimental":{"traceDistiller":{"version":"0.1.0","methods":{"traces/list":2,"traces/aggregate":2,"traces/compare":1,"traces/check":1,"traces/insights":1,"traces/search":2,"traces/await":2,"traces/report":2,"traces/clear":2,"trace/explain":1,"trace/summary":1,"trace/criticalPath":1,"trace/errors":1,"trace/insights":1,"trace/tree":1,"trace/span":1,"trace/export":1,"logs/list":2,"server/status":1}}}},"serverInfo":{"name":"trace-distiller","version":"0.1.0"}}}
--> {"jsonrpc":"2.0","id":2,"method":"initialize"}
<-- {"jsonrpc":"2.0","id":2,"error":{"code":-32600,"message":"initialize came twice; a session is initialized once"}}

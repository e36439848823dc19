# No result tells what there is instead; before any log, what to do. An unknown key or level is an error.
--> {"jsonrpc":"2.0","id":1,"method":"logs/list"}
<-- {"jsonrpc":"2.0","id":1,"result":{"logs":[],"total":0,"nextCursor":null,"hint":"no module log was kept; write records to the pipe /run/user/1000/trace-distiller/default.pipe; server/status counts what arrives"}}
pipe {"timestamp":"2026-11-23T10:00:00.001Z","level":"INFO","target":"shop::config","log_type":"module","message":"configuration read","fields":{}}
pipe {"timestamp":"2026-11-23T10:00:04.000Z","level":"WARN","target":"shop::pool","log_type":"module","message":"pool is exhausted, waiting","fields":{}}
--> {"jsonrpc":"2.0","id":2,"method":"logs/list","params":{"filter":{"level":"ERROR"}}}
<-- {"jsonrpc":"2.0","id":2,"result":{"logs":[],"total":0,"nextCursor":null,"hint":"nothing matches; there are 2 logs (WARN 1, INFO 1) from shop::config, shop::pool between 2026-11-23T10:00:00.001Z and 2026-11-23T10:00:04.000Z"}}
--> {"jsonrpc":"2.0","id":3,"method":"logs/list","params":{"filter":{"levels":"ERROR"}}}
<-- {"jsonrpc":"2.0","id":3,"error":{"code":-32602,"message":"filter has no levels; did you mean level?","data":{"near":["level"],"known":["level","service","target","run","project","since","until","attributes","text"]}}}
--> {"jsonrpc":"2.0","id":4,"method":"logs/list","params":{"filter":{"level":"fatal"}}}
<-- {"jsonrpc":"2.0","id":4,"error":{"code":-32602,"message":"filter.level must be TRACE, DEBUG, INFO, WARN or ERROR, not \"fatal\"","data":{"parameter":"filter.level"}}}
--> {"jsonrpc":"2.0","id":5,"method":"logs/list","params":{"cursor":"o5"}}
<-- {"jsonrpc":"2.0","id":5,"error":{"code":-32602,"message":"cursor o5 is not one of ours; leave it out to start at the first page","data":{"parameter":"cursor"}}}

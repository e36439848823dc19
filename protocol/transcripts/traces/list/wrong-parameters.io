# An unknown name is an error that tells the nearest known one, at the top as in a filter; so is a value that cannot be.
pipe {"timestamp":"2026-11-23T10:00:05.000Z","level":"INFO","target":"shop::reports","log_type":"trace","message":"Span started: nightly_export","fields":{"event_type":"span_start","trace_id":"trace_2","span_id":"span_11","parent_id":null,"span_name":"nightly_export"}}
pipe {"timestamp":"2026-11-23T10:00:05.241500Z","level":"INFO","target":"shop::reports","log_type":"trace","message":"Span ended: query_orders","fields":{"event_type":"span","trace_id":"trace_2","span_id":"span_12","parent_id":"span_11","span_name":"query_orders","start_timestamp":"2026-11-23T10:00:05.001Z","duration_ms":240.5,"attributes":{"rows":1250}}}
pipe {"timestamp":"2026-11-23T10:00:05.292Z","level":"INFO","target":"shop::reports","log_type":"trace","message":"Span ended: write_csv","fields":{"event_type":"span","trace_id":"trace_2","span_id":"span_13","parent_id":"span_11","span_name":"write_csv","start_timestamp":"2026-11-23T10:00:05.242Z","duration_ms":50}}
pipe {"timestamp":"2026-11-23T10:00:05.300Z","level":"INFO","target":"shop::reports","log_type":"trace","message":"Span ended: 300 ms","fields":{"event_type":"span_end","trace_id":"trace_2","span_id":"span_11","duration_ms":300}}
--> {"jsonrpc":"2.0","id":1,"method":"traces/list","params":{"limt":5}}
<-- {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"traces/list has no limt; did you mean limit?","data":{"near":["limit"],"known":["filter","sort","limit","cursor","maxChars","maxTokens"]}}}
--> {"jsonrpc":"2.0","id":2,"method":"traces/list","params":{"filter":{"minDuration":5}}}
<-- {"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"filter has no minDuration; did you mean minDurationMs?","data":{"near":["minDurationMs"],"known":["name","service","target","status","minDurationMs","maxDurationMs","attributes","text","rootName","rootStatus","minRootDurationMs","maxRootDurationMs","hasErrors","run","project","since","until"]}}}
--> {"jsonrpc":"2.0","id":3,"method":"traces/list","params":{"sort":"fastest"}}
<-- {"jsonrpc":"2.0","id":3,"error":{"code":-32602,"message":"sort must be one of recent, slowest, errors, not \"fastest\"","data":{"parameter":"sort","expected":"one of recent, slowest, errors"}}}
--> {"jsonrpc":"2.0","id":4,"method":"traces/list","params":{"limit":0}}
<-- {"jsonrpc":"2.0","id":4,"error":{"code":-32602,"message":"limit must be an integer from 1 to 1000, not 0","data":{"parameter":"limit","expected":"an integer from 1 to 1000"}}}
--> {"jsonrpc":"2.0","id":5,"method":"traces/list","params":[5]}
<-- {"jsonrpc":"2.0","id":5,"error":{"code":-32602,"message":"traces/list takes its parameters by name: send an object"}}
--> {"jsonrpc":"2.0","id":6,"method":"traces/list","params":{"cursor":"page 2"}}
<-- {"jsonrpc":"2.0","id":6,"error":{"code":-32602,"message":"cursor page 2 is not one of ours; leave it out to start at the first page","data":{"parameter":"cursor"}}}

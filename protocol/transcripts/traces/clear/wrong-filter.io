# A filter that is not understood clears nothing.
pipe {"timestamp":"2026-11-23T10:00:05.000Z","level":"INFO","target":"shop::reports","log_type":"trace","message":"Span started: nightly_export","fields":{"event_type":"span_start","trace_id":"trace_2","span_id":"span_11","parent_id":null,"span_name":"nightly_export"}}
pipe {"timestamp":"2026-11-23T10:00:05.241500Z","level":"INFO","target":"shop::reports","log_type":"trace","message":"Span ended: query_orders","fields":{"event_type":"span","trace_id":"trace_2","span_id":"span_12","parent_id":"span_11","span_name":"query_orders","start_timestamp":"2026-11-23T10:00:05.001Z","duration_ms":240.5,"attributes":{"rows":1250}}}
pipe {"timestamp":"2026-11-23T10:00:05.292Z","level":"INFO","target":"shop::reports","log_type":"trace","message":"Span ended: write_csv","fields":{"event_type":"span","trace_id":"trace_2","span_id":"span_13","parent_id":"span_11","span_name":"write_csv","start_timestamp":"2026-11-23T10:00:05.242Z","duration_ms":50}}
pipe {"timestamp":"2026-11-23T10:00:05.300Z","level":"INFO","target":"shop::reports","log_type":"trace","message":"Span ended: 300 ms","fields":{"event_type":"span_end","trace_id":"trace_2","span_id":"span_11","duration_ms":300}}
--> {"jsonrpc":"2.0","id":1,"method":"traces/clear","params":{"filter":{"nam":"x"}}}
<-- {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"filter has no nam; did you mean name?","data":{"near":["name"],"known":["name","service","target","run","status","hasErrors","minDurationMs","maxDurationMs","since","until","attributes","text"]}}}
--> {"jsonrpc":"2.0","id":2,"method":"traces/clear","params":{"name":"x"}}
<-- {"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"traces/clear has no name; did you mean filter?","data":{"near":["filter"],"known":["filter"]}}}
--> {"jsonrpc":"2.0","id":3,"method":"traces/list","params":{"limit":1}}
<-- {"jsonrpc":"2.0","id":3,"result":{"traces":[{"traceId":"trace_2","handle":"t1","rootName":"nightly_export","startTimeUnixNano":"1795428005000000000","durationMs":300.0,"spanCount":3,"errorCount":0,"warningCount":0,"status":"ok","complete":false}],"total":1,"nextCursor":null}}

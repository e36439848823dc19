# What cannot be a base.
pipe {"timestamp":"2026-11-23T10:00:00.023Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-1","parent_id":null,"span_name":"POST /orders","service":"shop","kind":"server","start_timestamp":"2026-11-23T10:00:00.000Z","duration_ms":23}}
pipe {"timestamp":"2026-11-23T10:00:00.009Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-2","parent_id":"1-1","span_name":"GET /cart","service":"shop","kind":"client","start_timestamp":"2026-11-23T10:00:00.004Z","duration_ms":5}}
pipe {"timestamp":"2026-11-23T10:00:00.008Z","level":"INFO","target":"cart","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-3","parent_id":"1-2","span_name":"GET /cart","service":"cart","kind":"server","start_timestamp":"2026-11-23T10:00:00.006Z","duration_ms":2}}
pipe {"timestamp":"2026-11-23T10:00:00.017Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-4","parent_id":"1-1","span_name":"POST /charge","service":"shop","kind":"client","start_timestamp":"2026-11-23T10:00:00.009Z","duration_ms":8}}
pipe {"timestamp":"2026-11-23T10:00:00.016Z","level":"INFO","target":"payments","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-5","parent_id":"1-4","span_name":"POST /charge","service":"payments","kind":"server","start_timestamp":"2026-11-23T10:00:00.010Z","duration_ms":6}}
pipe {"timestamp":"2026-11-23T10:00:00.013Z","level":"INFO","target":"payments","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-6","parent_id":"1-5","span_name":"SELECT card","service":"payments","kind":"client","start_timestamp":"2026-11-23T10:00:00.011Z","duration_ms":2,"attributes":{"db.system":"postgresql"}}}
pipe {"timestamp":"2026-11-23T10:00:00.022Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-7","parent_id":"1-1","span_name":"POST /shipment","service":"shop","kind":"client","start_timestamp":"2026-11-23T10:00:00.017Z","duration_ms":5}}
pipe {"timestamp":"2026-11-23T10:00:00.021Z","level":"INFO","target":"shipping","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-8","parent_id":"1-7","span_name":"POST /shipment","service":"shipping","kind":"server","start_timestamp":"2026-11-23T10:00:00.018Z","duration_ms":3}}
clock +500ms
--> {"jsonrpc":"2.0","id":1,"method":"trace/explain","params":{"base":5}}
<-- {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"base must be the name of a trace, \"like\", a filter, or {\"run\": \"the id of a run\"}, not 5","data":{"parameter":"base","expected":"the name of a trace, \"like\", a filter, or {\"run\": \"the id of a run\"}"}}}
--> {"jsonrpc":"2.0","id":2,"method":"trace/explain","params":{"base":{"rootNam":"x"}}}
<-- {"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"base has no rootNam; did you mean rootName?","data":{"near":["rootName"],"known":["name","service","target","status","minDurationMs","maxDurationMs","attributes","text","rootName","rootStatus","minRootDurationMs","maxRootDurationMs","hasErrors","run","project","since","until"]}}}
--> {"jsonrpc":"2.0","id":3,"method":"trace/explain","params":{"base":{"rootName":"nothing"}}}
<-- {"jsonrpc":"2.0","id":3,"error":{"code":1001,"message":"no trace matches, of 1 that are kept; traces/list shows what there is","data":{"near":[],"evicted":false,"next":"traces/list"}}}
--> {"jsonrpc":"2.0","id":4,"method":"trace/explain","params":{"base":"t9"}}
<-- {"jsonrpc":"2.0","id":4,"error":{"code":1001,"message":"no trace t9; traces/list shows what there is","data":{"near":["order-1"],"evicted":false,"next":"traces/list"}}}
--> {"jsonrpc":"2.0","id":5,"method":"trace/explain","params":{"traceId":"t9"}}
<-- {"jsonrpc":"2.0","id":5,"error":{"code":1001,"message":"no trace t9; traces/list shows what there is","data":{"near":["order-1"],"evicted":false,"next":"traces/list"}}}
--> {"jsonrpc":"2.0","id":6,"method":"trace/explain","params":{"base":"t1","format":"xml"}}
<-- {"jsonrpc":"2.0","id":6,"error":{"code":-32602,"message":"format must be one of text, json, not \"xml\"","data":{"parameter":"format","expected":"one of text, json"}}}
--> {"jsonrpc":"2.0","id":7,"method":"trace/explain","params":{"traceId":"t1","filter":{}}}
<-- {"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"traceId names one trace and filter many: give one of them","data":{"parameter":"filter","expected":"traceId or filter"}}}

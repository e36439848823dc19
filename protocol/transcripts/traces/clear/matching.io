# Only what matches goes; its id is remembered: a late record brings no half trace back, the error tells that it was here.
pipe {"timestamp":"2026-11-23T10:00:00.000Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span started: checkout","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_1","parent_id":null,"span_name":"checkout","attributes":{"cart.items":3,"user":"u-17"}}}
pipe {"timestamp":"2026-11-23T10:00:00.014250Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span ended: fetch_prices","fields":{"event_type":"span","trace_id":"trace_1","span_id":"span_2","parent_id":"span_1","span_name":"fetch_prices","start_timestamp":"2026-11-23T10:00:00.002Z","duration_ms":12.25,"attributes":{"currency":"EUR"}}}
pipe {"timestamp":"2026-11-23T10:00:00.033500Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span ended: reserve_stock","fields":{"event_type":"span","trace_id":"trace_1","span_id":"span_3","parent_id":"span_1","span_name":"reserve_stock","start_timestamp":"2026-11-23T10:00:00.002Z","duration_ms":31.5}}
pipe {"timestamp":"2026-11-23T10:00:00.034Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span started: charge_card","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_4","parent_id":"span_1","span_name":"charge_card","attributes":{"attempt":1}}}
pipe {"timestamp":"2026-11-23T10:00:00.061Z","level":"ERROR","target":"shop::checkout","log_type":"trace","message":"card service: timeout after 25 ms","fields":{"event_type":"log","trace_id":"trace_1","span_id":"span_4","code":504}}
pipe {"timestamp":"2026-11-23T10:00:00.061500Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span ended: 27.5 ms","fields":{"event_type":"span_end","trace_id":"trace_1","span_id":"span_4","duration_ms":27.5,"status":"error","status_message":"timeout"}}
pipe {"timestamp":"2026-11-23T10:00:00.062Z","level":"WARN","target":"shop::checkout","log_type":"trace","message":"retrying the payment","fields":{"event_type":"log","trace_id":"trace_1","span_id":"span_1"}}
pipe {"timestamp":"2026-11-23T10:00:00.078750Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span ended: charge_card","fields":{"event_type":"span","trace_id":"trace_1","span_id":"span_5","parent_id":"span_1","span_name":"charge_card","start_timestamp":"2026-11-23T10:00:00.063Z","duration_ms":15.75,"attributes":{"attempt":2}}}
pipe {"timestamp":"2026-11-23T10:00:00.080Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span ended: 80 ms","fields":{"event_type":"span_end","trace_id":"trace_1","span_id":"span_1","duration_ms":80}}
pipe {"timestamp":"2026-11-23T10:00:05.000Z","level":"INFO","target":"shop::reports","log_type":"trace","message":"Span started: nightly_export","fields":{"event_type":"span_start","trace_id":"trace_2","span_id":"span_11","parent_id":null,"span_name":"nightly_export"}}
pipe {"timestamp":"2026-11-23T10:00:05.241500Z","level":"INFO","target":"shop::reports","log_type":"trace","message":"Span ended: query_orders","fields":{"event_type":"span","trace_id":"trace_2","span_id":"span_12","parent_id":"span_11","span_name":"query_orders","start_timestamp":"2026-11-23T10:00:05.001Z","duration_ms":240.5,"attributes":{"rows":1250}}}
pipe {"timestamp":"2026-11-23T10:00:05.292Z","level":"INFO","target":"shop::reports","log_type":"trace","message":"Span ended: write_csv","fields":{"event_type":"span","trace_id":"trace_2","span_id":"span_13","parent_id":"span_11","span_name":"write_csv","start_timestamp":"2026-11-23T10:00:05.242Z","duration_ms":50}}
pipe {"timestamp":"2026-11-23T10:00:05.300Z","level":"INFO","target":"shop::reports","log_type":"trace","message":"Span ended: 300 ms","fields":{"event_type":"span_end","trace_id":"trace_2","span_id":"span_11","duration_ms":300}}
clock +500ms
--> {"jsonrpc":"2.0","id":1,"method":"traces/clear","params":{"filter":{"name":"checkout"}}}
<-- {"jsonrpc":"2.0","id":1,"result":{"cleared":1,"spans":5,"left":1}}
pipe {"timestamp":"2026-11-23T10:00:06.000Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"late","fields":{"event_type":"log","trace_id":"trace_1","span_id":"span_1"}}
--> {"jsonrpc":"2.0","id":2,"method":"trace/summary","params":{"traceId":"trace_1"}}
<-- {"jsonrpc":"2.0","id":2,"error":{"code":1001,"message":"trace trace_1 was evicted to make room or cleared; traces/list shows what there is","data":{"near":["trace_2"],"evicted":true,"next":"traces/list"}}}
--> {"jsonrpc":"2.0","id":3,"method":"traces/clear","params":{"filter":{"name":"chekout"}}}
<-- {"jsonrpc":"2.0","id":3,"result":{"cleared":0,"spans":0,"left":1,"hint":"nothing matches; there is 1 trace (nightly_export) that began between 2026-11-23T10:00:05.000Z and 2026-11-23T10:00:05.000Z"}}
--> {"jsonrpc":"2.0","id":4,"method":"traces/clear"}
<-- {"jsonrpc":"2.0","id":4,"result":{"cleared":1,"spans":3,"left":0}}
--> {"jsonrpc":"2.0","id":5,"method":"traces/clear"}
<-- {"jsonrpc":"2.0","id":5,"result":{"cleared":0,"spans":0,"left":0}}

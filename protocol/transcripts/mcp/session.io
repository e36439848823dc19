# A client shakes hands, learns the tools, and asks in the order that the instructions teach.
pipe {"timestamp":"2026-11-23T10:00:00.000Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span started: checkout","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_1","parent_id":null,"span_name":"checkout","attributes":{"cart.items":3,"user":"u-17"}}}
pipe {"timestamp":"2026-11-23T10:00:00.014250Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span ended: fetch_prices","fields":{"event_type":"span","trace_id":"trace_1","span_id":"span_2","parent_id":"span_1","span_name":"fetch_prices","start_timestamp":"2026-11-23T10:00:00.002Z","duration_ms":12.25,"attributes":{"currency":"EUR"}}}
pipe {"timestamp":"2026-11-23T10:00:00.033500Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span ended: reserve_stock","fields":{"event_type":"span","trace_id":"trace_1","span_id":"span_3","parent_id":"span_1","span_name":"reserve_stock","start_timestamp":"2026-11-23T10:00:00.002Z","duration_ms":31.5}}
pipe {"timestamp":"2026-11-23T10:00:00.034Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span started: charge_card","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_4","parent_id":"span_1","span_name":"charge_card","attributes":{"attempt":1}}}
pipe {"timestamp":"2026-11-23T10:00:00.061Z","level":"ERROR","target":"shop::checkout","log_type":"trace","message":"card service: timeout after 25 ms","fields":{"event_type":"log","trace_id":"trace_1","span_id":"span_4","code":504}}
pipe {"timestamp":"2026-11-23T10:00:00.061500Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span ended: 27.5 ms","fields":{"event_type":"span_end","trace_id":"trace_1","span_id":"span_4","duration_ms":27.5,"status":"error","status_message":"timeout"}}
pipe {"timestamp":"2026-11-23T10:00:00.062Z","level":"WARN","target":"shop::checkout","log_type":"trace","message":"retrying the payment","fields":{"event_type":"log","trace_id":"trace_1","span_id":"span_1"}}
pipe {"timestamp":"2026-11-23T10:00:00.078750Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span ended: charge_card","fields":{"event_type":"span","trace_id":"trace_1","span_id":"span_5","parent_id":"span_1","span_name":"charge_card","start_timestamp":"2026-11-23T10:00:00.063Z","duration_ms":15.75,"attributes":{"attempt":2}}}
pipe {"timestamp":"2026-11-23T10:00:00.080Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span ended: 80 ms","fields":{"event_type":"span_end","trace_id":"trace_1","span_id":"span_1","duration_ms":80}}
clock +500ms
--> {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"an agent","version":"1"}}}
--> {"jsonrpc":"2.0","method":"notifications/initialized"}
--> {"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}
--> {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"list_traces","arguments":{}}}
--> {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"summarize_trace","arguments":{}}}
--> {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"find_errors","arguments":{"traceId":"latest-error"}}}
--> {"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"get_span","arguments":{"traceId":"t1","spanId":"span_4"}}}
--> {"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"critical_path","arguments":{}}}
--> {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"find_insights","arguments":{}}}
--> {"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"search_spans","arguments":{"text":"charge"}}}
--> {"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"aggregate_traces","arguments":{}}}
--> {"jsonrpc":"2.0","id":10,"method":"tools/call","params":{"name":"await_trace","arguments":{"timeoutMs":0}}}
--> {"jsonrpc":"2.0","id":11,"method":"tools/call","params":{"name":"server_status","arguments":{}}}
--> {"jsonrpc":"2.0","id":12,"method":"tools/call","params":{"name":"list_traces","arguments":{"format":"json"}}}

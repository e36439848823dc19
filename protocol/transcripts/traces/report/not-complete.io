# Running traces are counted, not told; no trace at all and wrong parameters.
--> {"jsonrpc":"2.0","id":1,"method":"traces/report"}
<-- {"jsonrpc":"2.0","id":1,"result":{"text":"=== Trace report ===\nCompleted: 0 traces, 0 with errors","summarized":0,"listed":0,"total":0,"truncated":false,"hint":"write records to the pipe /run/user/1000/trace-distiller/default.pipe; server/status counts what arrives"}}
#| === Trace report ===
#| Completed: 0 traces, 0 with errors
pipe {"timestamp":"2026-11-23T10:00:00.000Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span started: checkout","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_1","parent_id":null,"span_name":"checkout","attributes":{"cart.items":3,"user":"u-17"}}}
pipe {"timestamp":"2026-11-23T10:00:00.014250Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span ended: fetch_prices","fields":{"event_type":"span","trace_id":"trace_1","span_id":"span_2","parent_id":"span_1","span_name":"fetch_prices","start_timestamp":"2026-11-23T10:00:00.002Z","duration_ms":12.25,"attributes":{"currency":"EUR"}}}
pipe {"timestamp":"2026-11-23T10:00:00.033500Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span ended: reserve_stock","fields":{"event_type":"span","trace_id":"trace_1","span_id":"span_3","parent_id":"span_1","span_name":"reserve_stock","start_timestamp":"2026-11-23T10:00:00.002Z","duration_ms":31.5}}
pipe {"timestamp":"2026-11-23T10:00:00.034Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span started: charge_card","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_4","parent_id":"span_1","span_name":"charge_card","attributes":{"attempt":1}}}
--> {"jsonrpc":"2.0","id":2,"method":"traces/report"}
<-- {"jsonrpc":"2.0","id":2,"result":{"text":"=== Trace report ===\nCompleted: 0 traces, 0 with errors\n\n=== Left out ===\n1 trace not complete\nThe rest: traces/list {\"sort\":\"slowest\"}","summarized":0,"listed":0,"total":0,"truncated":false}}
#| === Trace report ===
#| Completed: 0 traces, 0 with errors
#|
#| === Left out ===
#| 1 trace not complete
#| The rest: traces/list {"sort":"slowest"}
--> {"jsonrpc":"2.0","id":3,"method":"traces/report","params":{"filter":{"text":"no such text"}}}
<-- {"jsonrpc":"2.0","id":3,"result":{"text":"=== Trace report ===\nCompleted: 0 traces, 0 with errors","summarized":0,"listed":0,"total":0,"truncated":false,"hint":"nothing matches; there is 1 trace (checkout) that began between 2026-11-23T10:00:00.000Z and 2026-11-23T10:00:00.000Z"}}
#| === Trace report ===
#| Completed: 0 traces, 0 with errors
--> {"jsonrpc":"2.0","id":4,"method":"traces/report","params":{"maxChars":100}}
<-- {"jsonrpc":"2.0","id":4,"error":{"code":-32602,"message":"maxChars must be an integer from 400 to 200000, not 100","data":{"parameter":"maxChars","expected":"an integer from 400 to 200000"}}}

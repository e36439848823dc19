# A bound in tokens: an estimate, and said to be one.
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
--> {"jsonrpc":"2.0","id":1,"method":"trace/summary","params":{"maxTokens":250,"show":["criticalPath","errors"]}}
<-- {"jsonrpc":"2.0","id":1,"result":{"traceId":"trace_1","handle":"t1","complete":true,"reasons":[],"revision":9,"text":"=== Execution path report ===\nTrace: t1 · trace_1\nRoot: checkout\nDuration: 80.00 ms\nStatus: ⚠️ ok, 1 error inside\n\n=== Critical path ===\n54.1 %  43.25 ms  charge_card ×2\n39.4 %  31.50 ms  reserve_stock\n6.6 %  5.25 ms  checkout\n\n=== Errors ===\n❌ card service: timeout after 25 ms in charge_card — checkout › charge_card, swallowed by checkout\n⚠️ retrying the payment in checkout — checkout","shown":{"spans":0,"ms":0.0},"total":{"spans":5,"ms":92.25},"truncated":false,"estimatedTokens":202}}
#| === Execution path report ===
#| Trace: t1 · trace_1
#| Root: checkout
#| Duration: 80.00 ms
#| Status: ⚠️ ok, 1 error inside
#|
#| === Critical path ===
#| 54.1 %  43.25 ms  charge_card ×2
#| 39.4 %  31.50 ms  reserve_stock
#| 6.6 %  5.25 ms  checkout
#|
#| === Errors ===
#| ❌ card service: timeout after 25 ms in charge_card — checkout › charge_card, swallowed by checkout
#| ⚠️ retrying the payment in checkout — checkout
--> {"jsonrpc":"2.0","id":2,"method":"trace/errors","params":{"maxTokens":2000,"limit":1}}
<-- {"jsonrpc":"2.0","id":2,"result":{"traceId":"trace_1","handle":"t1","complete":true,"reasons":[],"revision":9,"errorCount":1,"warningCount":1,"errors":[{"severity":"error","spanId":"span_4","name":"charge_card","message":"card service: timeout after 25 ms","count":1,"firstTimeUnixNano":"1795428000061000000","lastTimeUnixNano":"1795428000061000000","outcome":{"swallowed":1},"swallowedBy":{"spanId":"span_1","name":"checkout"},"pathLength":2,"path":[{"spanId":"span_1","name":"checkout","attributes":{"cart.items":3,"user":"u-17"}},{"spanId":"span_4","name":"charge_card","failed":true,"attributes":{"attempt":1}}],"spans":["span_4"]}],"total":2,"nextCursor":"o1","estimatedTokens":316}}
--> {"jsonrpc":"2.0","id":3,"method":"trace/summary","params":{"maxTokens":500,"maxChars":1000}}
<-- {"jsonrpc":"2.0","id":3,"error":{"code":-32602,"message":"maxChars and maxTokens are two words for one bound: give one of them","data":{"parameter":"maxTokens"}}}

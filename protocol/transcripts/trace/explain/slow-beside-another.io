# The call to cart takes 240 ms longer, of which cart's own span knows nothing: the wait lies in front of it.
pipe {"timestamp":"2026-11-23T10:00:00.023Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-1","parent_id":null,"span_name":"POST /orders","service":"shop","kind":"server","start_timestamp":"2026-11-23T10:00:00.000Z","duration_ms":23}}
pipe {"timestamp":"2026-11-23T10:00:00.009Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-2","parent_id":"1-1","span_name":"GET /cart","service":"shop","kind":"client","start_timestamp":"2026-11-23T10:00:00.004Z","duration_ms":5}}
pipe {"timestamp":"2026-11-23T10:00:00.008Z","level":"INFO","target":"cart","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-3","parent_id":"1-2","span_name":"GET /cart","service":"cart","kind":"server","start_timestamp":"2026-11-23T10:00:00.006Z","duration_ms":2}}
pipe {"timestamp":"2026-11-23T10:00:00.017Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-4","parent_id":"1-1","span_name":"POST /charge","service":"shop","kind":"client","start_timestamp":"2026-11-23T10:00:00.009Z","duration_ms":8}}
pipe {"timestamp":"2026-11-23T10:00:00.016Z","level":"INFO","target":"payments","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-5","parent_id":"1-4","span_name":"POST /charge","service":"payments","kind":"server","start_timestamp":"2026-11-23T10:00:00.010Z","duration_ms":6}}
pipe {"timestamp":"2026-11-23T10:00:00.013Z","level":"INFO","target":"payments","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-6","parent_id":"1-5","span_name":"SELECT card","service":"payments","kind":"client","start_timestamp":"2026-11-23T10:00:00.011Z","duration_ms":2,"attributes":{"db.system":"postgresql"}}}
pipe {"timestamp":"2026-11-23T10:00:00.022Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-7","parent_id":"1-1","span_name":"POST /shipment","service":"shop","kind":"client","start_timestamp":"2026-11-23T10:00:00.017Z","duration_ms":5}}
pipe {"timestamp":"2026-11-23T10:00:00.021Z","level":"INFO","target":"shipping","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-8","parent_id":"1-7","span_name":"POST /shipment","service":"shipping","kind":"server","start_timestamp":"2026-11-23T10:00:00.018Z","duration_ms":3}}
pipe {"timestamp":"2026-11-23T10:00:05.263Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-2","span_id":"2-1","parent_id":null,"span_name":"POST /orders","service":"shop","kind":"server","start_timestamp":"2026-11-23T10:00:05.000Z","duration_ms":263}}
pipe {"timestamp":"2026-11-23T10:00:05.249Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-2","span_id":"2-2","parent_id":"2-1","span_name":"GET /cart","service":"shop","kind":"client","start_timestamp":"2026-11-23T10:00:05.004Z","duration_ms":245}}
pipe {"timestamp":"2026-11-23T10:00:05.248Z","level":"INFO","target":"cart","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-2","span_id":"2-3","parent_id":"2-2","span_name":"GET /cart","service":"cart","kind":"server","start_timestamp":"2026-11-23T10:00:05.246Z","duration_ms":2}}
pipe {"timestamp":"2026-11-23T10:00:05.257Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-2","span_id":"2-4","parent_id":"2-1","span_name":"POST /charge","service":"shop","kind":"client","start_timestamp":"2026-11-23T10:00:05.249Z","duration_ms":8}}
pipe {"timestamp":"2026-11-23T10:00:05.256Z","level":"INFO","target":"payments","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-2","span_id":"2-5","parent_id":"2-4","span_name":"POST /charge","service":"payments","kind":"server","start_timestamp":"2026-11-23T10:00:05.250Z","duration_ms":6}}
pipe {"timestamp":"2026-11-23T10:00:05.253Z","level":"INFO","target":"payments","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-2","span_id":"2-6","parent_id":"2-5","span_name":"SELECT card","service":"payments","kind":"client","start_timestamp":"2026-11-23T10:00:05.251Z","duration_ms":2,"attributes":{"db.system":"postgresql"}}}
pipe {"timestamp":"2026-11-23T10:00:05.262Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-2","span_id":"2-7","parent_id":"2-1","span_name":"POST /shipment","service":"shop","kind":"client","start_timestamp":"2026-11-23T10:00:05.257Z","duration_ms":5}}
pipe {"timestamp":"2026-11-23T10:00:05.261Z","level":"INFO","target":"shipping","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-2","span_id":"2-8","parent_id":"2-7","span_name":"POST /shipment","service":"shipping","kind":"server","start_timestamp":"2026-11-23T10:00:05.258Z","duration_ms":3}}
clock +500ms
--> {"jsonrpc":"2.0","id":1,"method":"trace/explain","params":{"base":"t1"}}
<-- {"jsonrpc":"2.0","id":1,"result":{"traceId":"order-2","handle":"t2","complete":true,"reasons":[],"revision":8,"text":"t2 · order-2 — shop POST /orders\nWhat: ok after 263.00 ms, 11 × the base's 23.00 ms\nBase: t1 · order-1\n1. cart: callers wait outside the callee for 243.00 ms (base 3.00 ms): 242.00 ms before its spans begin, 1.00 ms after they end — 240.00 ms more (100.0 %)\n   from shop to GET /cart 243.00 ms (base 3.00 ms)\n   but: the other 3 services together: 0 ms\n   but: the called spans of GET /cart themselves last 2.00 ms (base 2.00 ms)\nNot explained: 0 ms (0.0 %) of the 240.00 ms that were added\nNext: trace/span {\"traceId\":\"t2\",\"spanId\":\"2-2\"}","shownFindings":1,"totalFindings":1,"truncated":false}}
#| t2 · order-2 — shop POST /orders
#| What: ok after 263.00 ms, 11 × the base's 23.00 ms
#| Base: t1 · order-1
#| 1. cart: callers wait outside the callee for 243.00 ms (base 3.00 ms): 242.00 ms before its spans begin, 1.00 ms after they end — 240.00 ms more (100.0 %)
#|    from shop to GET /cart 243.00 ms (base 3.00 ms)
#|    but: the other 3 services together: 0 ms
#|    but: the called spans of GET /cart themselves last 2.00 ms (base 2.00 ms)
#| Not explained: 0 ms (0.0 %) of the 240.00 ms that were added
#| Next: trace/span {"traceId":"t2","spanId":"2-2"}
--> {"jsonrpc":"2.0","id":2,"method":"trace/explain","params":{"base":"t1","format":"json"}}
<-- {"jsonrpc":"2.0","id":2,"result":{"traceId":"order-2","handle":"t2","complete":true,"reasons":[],"revision":8,"durationMs":263.0,"status":"ok","errorCount":0,"warningCount":0,"base":{"kind":"trace","handle":"t1","traceId":"order-1","durationMs":23.0,"slower":0},"notExplained":{"ms":0.0,"ofMs":240.0,"share":0.0},"next":{"method":"trace/span","params":{"traceId":"t2","spanId":"2-2"}},"findings":[{"kind":"waitingOutside","service":"cart","operation":"GET /cart","explainsMs":240.0,"spanId":"2-2","finding":"cart: callers wait outside the callee for 243.00 ms (base 3.00 ms): 242.00 ms before its spans begin, 1.00 ms after they end","proof":["from shop to GET /cart 243.00 ms (base 3.00 ms)"],"but":["the other 3 services together: 0 ms","the called spans of GET /cart themselves last 2.00 ms (base 2.00 ms)"]}],"total":1,"truncated":false}}
--> {"jsonrpc":"2.0","id":3,"method":"trace/explain","params":{"base":"t1","locale":"zh"}}
<-- {"jsonrpc":"2.0","id":3,"result":{"traceId":"order-2","handle":"t2","complete":true,"reasons":[],"revision":8,"text":"t2 · order-2 — shop POST /orders\n概况: 正常 耗时 263.00 ms, 11 × 基准的 23.00 ms\n基准: t1 · order-1\n1. cart: 调用者在被调用者之外等待 243.00 ms (基准 3.00 ms): 其 span 开始前 242.00 ms, 结束后 1.00 ms — 增加 240.00 ms (100.0 %)\n   从 shop 到 GET /cart 243.00 ms (基准 3.00 ms)\n   但: 其余 3 个服务合计: 0 ms\n   但: GET /cart 被调用的 span 自身持续 2.00 ms (基准 2.00 ms)\n未解释: 增加的 240.00 ms 中的 0 ms (0.0 %)\n下一步: trace/span {\"traceId\":\"t2\",\"spanId\":\"2-2\"}","shownFindings":1,"totalFindings":1,"truncated":false}}
#| t2 · order-2 — shop POST /orders
#| 概况: 正常 耗时 263.00 ms, 11 × 基准的 23.00 ms
#| 基准: t1 · order-1
#| 1. cart: 调用者在被调用者之外等待 243.00 ms (基准 3.00 ms): 其 span 开始前 242.00 ms, 结束后 1.00 ms — 增加 240.00 ms (100.0 %)
#|    从 shop 到 GET /cart 243.00 ms (基准 3.00 ms)
#|    但: 其余 3 个服务合计: 0 ms
#|    但: GET /cart 被调用的 span 自身持续 2.00 ms (基准 2.00 ms)
#| 未解释: 增加的 240.00 ms 中的 0 ms (0.0 %)
#| 下一步: trace/span {"traceId":"t2","spanId":"2-2"}
--> {"jsonrpc":"2.0","id":4,"method":"trace/explain","params":{"base":"t1","maxChars":400}}
<-- {"jsonrpc":"2.0","id":4,"result":{"traceId":"order-2","handle":"t2","complete":true,"reasons":[],"revision":8,"text":"t2 · order-2 — shop POST /orders\nWhat: ok after 263.00 ms, 11 × the base's 23.00 ms\n1. cart: callers wait outside the callee for 243.00 ms (base 3.00 ms): 242.00 ms before its spans begin, 1.00 ms after they end — 240.00 ms more (100.0 %)\n   from shop to GET /cart 243.00 ms (base 3.00 ms)\n   but: the other 3 services together: 0 ms\nNext: trace/span {\"traceId\":\"t2\",\"spanId\":\"2-2\"}","shownFindings":1,"totalFindings":1,"truncated":true}}
#| t2 · order-2 — shop POST /orders
#| What: ok after 263.00 ms, 11 × the base's 23.00 ms
#| 1. cart: callers wait outside the callee for 243.00 ms (base 3.00 ms): 242.00 ms before its spans begin, 1.00 ms after they end — 240.00 ms more (100.0 %)
#|    from shop to GET /cart 243.00 ms (base 3.00 ms)
#|    but: the other 3 services together: 0 ms
#| Next: trace/span {"traceId":"t2","spanId":"2-2"}

# Nothing is kept that it could be held against: nothing is called usual, and the most time stands first.
pipe {"timestamp":"2026-11-23T10:00:00.051Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-1","parent_id":null,"span_name":"POST /orders","service":"shop","kind":"server","start_timestamp":"2026-11-23T10:00:00.000Z","duration_ms":51}}
pipe {"timestamp":"2026-11-23T10:00:00.037Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-2","parent_id":"1-1","span_name":"GET /cart","service":"shop","kind":"client","start_timestamp":"2026-11-23T10:00:00.004Z","duration_ms":33}}
pipe {"timestamp":"2026-11-23T10:00:00.036Z","level":"INFO","target":"cart","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-3","parent_id":"1-2","span_name":"GET /cart","service":"cart","kind":"server","start_timestamp":"2026-11-23T10:00:00.034Z","duration_ms":2}}
pipe {"timestamp":"2026-11-23T10:00:00.045Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-4","parent_id":"1-1","span_name":"POST /charge","service":"shop","kind":"client","start_timestamp":"2026-11-23T10:00:00.037Z","duration_ms":8}}
pipe {"timestamp":"2026-11-23T10:00:00.044Z","level":"INFO","target":"payments","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-5","parent_id":"1-4","span_name":"POST /charge","service":"payments","kind":"server","start_timestamp":"2026-11-23T10:00:00.038Z","duration_ms":6}}
pipe {"timestamp":"2026-11-23T10:00:00.041Z","level":"INFO","target":"payments","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-6","parent_id":"1-5","span_name":"SELECT card","service":"payments","kind":"client","start_timestamp":"2026-11-23T10:00:00.039Z","duration_ms":2,"attributes":{"db.system":"postgresql"}}}
pipe {"timestamp":"2026-11-23T10:00:00.050Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-7","parent_id":"1-1","span_name":"POST /shipment","service":"shop","kind":"client","start_timestamp":"2026-11-23T10:00:00.045Z","duration_ms":5}}
pipe {"timestamp":"2026-11-23T10:00:00.049Z","level":"INFO","target":"shipping","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"1-8","parent_id":"1-7","span_name":"POST /shipment","service":"shipping","kind":"server","start_timestamp":"2026-11-23T10:00:00.046Z","duration_ms":3}}
clock +500ms
--> {"jsonrpc":"2.0","id":1,"method":"trace/explain","params":{}}
<-- {"jsonrpc":"2.0","id":1,"result":{"traceId":"order-1","handle":"t1","complete":true,"reasons":[],"revision":8,"text":"t1 · order-1 — shop POST /orders\nWhat: ok after 51.00 ms\nBase: none: 0 like traces found, fewer than five; nothing here is called usual\n1. cart: callers wait outside the callee for 31.00 ms: 30.00 ms before its spans begin, 1.00 ms after they end — 60.8 % of the critical path\n   from shop to GET /cart 31.00 ms\n   but: the called spans of GET /cart themselves last 2.00 ms\n2. payments: own time 6.00 ms — 11.8 % of the critical path\n   POST /charge 4.00 ms\n   the longest of 2 stretches 3.00 ms, after SELECT card returned, the last (span 1-5)\n3. shop: own time 5.00 ms — 9.8 % of the critical path\n   POST /orders 5.00 ms\n   the longest of 2 stretches 4.00 ms, before its first call GET /cart (span 1-1)\n4. shipping: own time 3.00 ms — 5.9 % of the critical path\n   POST /shipment 3.00 ms\n   in one stretch, no span covers it (span 1-8)\nNot explained: 6.00 ms (11.8 %) of 51.00 ms\nNext: trace/span {\"traceId\":\"t1\",\"spanId\":\"1-2\"}","shownFindings":4,"totalFindings":4,"truncated":false}}
#| t1 · order-1 — shop POST /orders
#| What: ok after 51.00 ms
#| Base: none: 0 like traces found, fewer than five; nothing here is called usual
#| 1. cart: callers wait outside the callee for 31.00 ms: 30.00 ms before its spans begin, 1.00 ms after they end — 60.8 % of the critical path
#|    from shop to GET /cart 31.00 ms
#|    but: the called spans of GET /cart themselves last 2.00 ms
#| 2. payments: own time 6.00 ms — 11.8 % of the critical path
#|    POST /charge 4.00 ms
#|    the longest of 2 stretches 3.00 ms, after SELECT card returned, the last (span 1-5)
#| 3. shop: own time 5.00 ms — 9.8 % of the critical path
#|    POST /orders 5.00 ms
#|    the longest of 2 stretches 4.00 ms, before its first call GET /cart (span 1-1)
#| 4. shipping: own time 3.00 ms — 5.9 % of the critical path
#|    POST /shipment 3.00 ms
#|    in one stretch, no span covers it (span 1-8)
#| Not explained: 6.00 ms (11.8 %) of 51.00 ms
#| Next: trace/span {"traceId":"t1","spanId":"1-2"}

# The failing trace comes first although the other is slower; a bound leaves lines, then a count.
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
--> {"jsonrpc":"2.0","id":1,"method":"traces/report"}
<-- {"jsonrpc":"2.0","id":1,"result":{"text":"=== Trace report ===\nCompleted: 2 traces, 1 with errors\n\n=== Execution path report ===\nTrace: t1 · trace_1\nRoot: checkout\nDuration: 80.00 ms\nStatus: ⚠️ ok, 1 error inside\n\n=== Call tree ===\nname (total | self) [attributes]   🔥 on the critical path   ❌ error\n🔥 checkout (80.00 ms | 5.25 ms) [cart.items=3, user=u-17]\n├─ fetch_prices (12.25 ms | 12.25 ms) [currency=EUR]\n├─ 🔥 reserve_stock (31.50 ms | 31.50 ms)\n├─ 🔥 ❌ charge_card (27.50 ms | 27.50 ms) [attempt=1]\n└─ 🔥 charge_card (15.75 ms | 15.75 ms) [attempt=2]\n\n=== Critical path ===\n54.1 %  43.25 ms  charge_card ×2\n39.4 %  31.50 ms  reserve_stock\n6.6 %  5.25 ms  checkout\n\n=== Insights ===\n• Retry: charge_card ×2, 1 failed (\"card service: timeout after 25 ms\"), 1.50 ms of pauses between attempts: 29.00 ms on the critical path → find out why the first attempt fails (span span_4)\n\n=== Errors ===\n❌ card service: timeout after 25 ms in charge_card — checkout › charge_card, swallowed by checkout\n⚠️ retrying the payment in checkout — checkout\n\n=== Execution path report ===\nTrace: t2 · trace_2\nRoot: nightly_export\nDuration: 300.00 ms\nStatus: ✅ ok\n\n=== Call tree ===\nname (total | self) [attributes]   🔥 on the critical path   ❌ error\n🔥 nightly_export (300.00 ms | 9.50 ms)\n├─ 🔥 query_orders (240.50 ms | 240.50 ms) [rows=1250]\n└─ 🔥 write_csv (50.00 ms | 50.00 ms)\n\n=== Critical path ===\n80.2 %  240.50 ms  query_orders\n16.7 %  50.00 ms  write_csv\n3.2 %  9.50 ms  nightly_export","summarized":2,"listed":0,"total":2,"truncated":false}}
#| === Trace report ===
#| Completed: 2 traces, 1 with errors
#|
#| === Execution path report ===
#| Trace: t1 · trace_1
#| Root: checkout
#| Duration: 80.00 ms
#| Status: ⚠️ ok, 1 error inside
#|
#| === Call tree ===
#| name (total | self) [attributes]   🔥 on the critical path   ❌ error
#| 🔥 checkout (80.00 ms | 5.25 ms) [cart.items=3, user=u-17]
#| ├─ fetch_prices (12.25 ms | 12.25 ms) [currency=EUR]
#| ├─ 🔥 reserve_stock (31.50 ms | 31.50 ms)
#| ├─ 🔥 ❌ charge_card (27.50 ms | 27.50 ms) [attempt=1]
#| └─ 🔥 charge_card (15.75 ms | 15.75 ms) [attempt=2]
#|
#| === Critical path ===
#| 54.1 %  43.25 ms  charge_card ×2
#| 39.4 %  31.50 ms  reserve_stock
#| 6.6 %  5.25 ms  checkout
#|
#| === Insights ===
#| • Retry: charge_card ×2, 1 failed ("card service: timeout after 25 ms"), 1.50 ms of pauses between attempts: 29.00 ms on the critical path → find out why the first attempt fails (span span_4)
#|
#| === Errors ===
#| ❌ card service: timeout after 25 ms in charge_card — checkout › charge_card, swallowed by checkout
#| ⚠️ retrying the payment in checkout — checkout
#|
#| === Execution path report ===
#| Trace: t2 · trace_2
#| Root: nightly_export
#| Duration: 300.00 ms
#| Status: ✅ ok
#|
#| === Call tree ===
#| name (total | self) [attributes]   🔥 on the critical path   ❌ error
#| 🔥 nightly_export (300.00 ms | 9.50 ms)
#| ├─ 🔥 query_orders (240.50 ms | 240.50 ms) [rows=1250]
#| └─ 🔥 write_csv (50.00 ms | 50.00 ms)
#|
#| === Critical path ===
#| 80.2 %  240.50 ms  query_orders
#| 16.7 %  50.00 ms  write_csv
#| 3.2 %  9.50 ms  nightly_export
--> {"jsonrpc":"2.0","id":2,"method":"traces/report","params":{"maxChars":1200}}
<-- {"jsonrpc":"2.0","id":2,"result":{"text":"=== Trace report ===\nCompleted: 2 traces, 1 with errors\n\n=== Execution path report ===\nTrace: t1 · trace_1\nRoot: checkout\nDuration: 80.00 ms\nStatus: ⚠️ ok, 1 error inside\n\n=== Critical path ===\n54.1 %  43.25 ms  charge_card ×2\n39.4 %  31.50 ms  reserve_stock\n6.6 %  5.25 ms  checkout\n\n=== Errors ===\n❌ card service: timeout after 25 ms in charge_card — checkout › charge_card, swallowed by checkout\n… 1 more: trace/errors {\"traceId\":\"t1\"}\n… 5 / 5 spans, more errors, insights left out: trace/summary {\"traceId\":\"t1\",\"maxChars\":2384}\n\n=== Further traces ===\nt2 ✅ nightly_export  300.00 ms  3 spans  trace_2\n\n=== Left out ===\nThe rest: trace/summary {\"traceId\":\"t2\"}, traces/list {\"sort\":\"slowest\"}","summarized":1,"listed":1,"total":2,"truncated":true}}
#| === Trace report ===
#| Completed: 2 traces, 1 with errors
#|
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
#| … 1 more: trace/errors {"traceId":"t1"}
#| … 5 / 5 spans, more errors, insights left out: trace/summary {"traceId":"t1","maxChars":2384}
#|
#| === Further traces ===
#| t2 ✅ nightly_export  300.00 ms  3 spans  trace_2
#|
#| === Left out ===
#| The rest: trace/summary {"traceId":"t2"}, traces/list {"sort":"slowest"}
--> {"jsonrpc":"2.0","id":3,"method":"traces/report","params":{"maxChars":500,"filter":{"minDurationMs":10}}}
<-- {"jsonrpc":"2.0","id":3,"result":{"text":"=== Trace report ===\nCompleted: 2 traces, 1 with errors\n\nt1 ⚠️ checkout  80.00 ms  5 spans, 1 failed  trace_1\nt2 ✅ nightly_export  300.00 ms  3 spans  trace_2\n\n=== Left out ===\nThe rest: trace/summary {\"traceId\":\"t1\"}, traces/list {\"filter\":{\"minDurationMs\":10},\"sort\":\"slowest\"}","summarized":0,"listed":2,"total":2,"truncated":true,"note":"filter.minDurationMs: of one span, in 0.1 of the root (now minRootDurationMs)"}}
#| === Trace report ===
#| Completed: 2 traces, 1 with errors
#|
#| t1 ⚠️ checkout  80.00 ms  5 spans, 1 failed  trace_1
#| t2 ✅ nightly_export  300.00 ms  3 spans  trace_2
#|
#| === Left out ===
#| The rest: trace/summary {"traceId":"t1"}, traces/list {"filter":{"minDurationMs":10},"sort":"slowest"}
--> {"jsonrpc":"2.0","id":4,"method":"traces/report","params":{"locale":"zh","filter":{"hasErrors":false}}}
<-- {"jsonrpc":"2.0","id":4,"result":{"text":"=== 追踪汇总报告 ===\n已完成: 1 个追踪, 0 个有错误\n\n=== 函数执行路径分析报告 ===\nTrace ID: t2 · trace_2\n根函数: nightly_export\n总耗时: 300.00 ms\n执行状态: ✅ 执行成功\n\n=== 调用树结构 ===\n格式: 函数名 (总耗时 | 自身耗时) [参数]   🔥 = 关键路径   ❌ = 包含错误\n🔥 nightly_export (300.00 ms | 9.50 ms)\n├─ 🔥 query_orders (240.50 ms | 240.50 ms) [rows=1250]\n└─ 🔥 write_csv (50.00 ms | 50.00 ms)\n\n=== 关键路径 ===\n80.2 %  240.50 ms  query_orders\n16.7 %  50.00 ms  write_csv\n3.2 %  9.50 ms  nightly_export","summarized":1,"listed":0,"total":1,"truncated":false}}
#| === 追踪汇总报告 ===
#| 已完成: 1 个追踪, 0 个有错误
#|
#| === 函数执行路径分析报告 ===
#| Trace ID: t2 · trace_2
#| 根函数: nightly_export
#| 总耗时: 300.00 ms
#| 执行状态: ✅ 执行成功
#|
#| === 调用树结构 ===
#| 格式: 函数名 (总耗时 | 自身耗时) [参数]   🔥 = 关键路径   ❌ = 包含错误
#| 🔥 nightly_export (300.00 ms | 9.50 ms)
#| ├─ 🔥 query_orders (240.50 ms | 240.50 ms) [rows=1250]
#| └─ 🔥 write_csv (50.00 ms | 50.00 ms)
#|
#| === 关键路径 ===
#| 80.2 %  240.50 ms  query_orders
#| 16.7 %  50.00 ms  write_csv
#| 3.2 %  9.50 ms  nightly_export

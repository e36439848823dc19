# A trace is named by its root: of several the newest, which the answer says.
pipe {"timestamp":"2026-11-23T10:00:01.000Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-1","span_id":"a","parent_id":null,"span_name":"POST /orders","start_timestamp":"2026-11-23T10:00:01.000Z","duration_ms":40.0}}
pipe {"timestamp":"2026-11-23T10:00:02.000Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-2","span_id":"a","parent_id":null,"span_name":"POST /orders","start_timestamp":"2026-11-23T10:00:02.000Z","duration_ms":60.0}}
pipe {"timestamp":"2026-11-23T10:00:03.000Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"order-3","span_id":"a","parent_id":null,"span_name":"GET /orders","start_timestamp":"2026-11-23T10:00:03.000Z","duration_ms":5.0}}
clock +500ms
--> {"jsonrpc":"2.0","id":1,"method":"trace/summary","params":{"traceId":"POST /orders"}}
<-- {"jsonrpc":"2.0","id":1,"result":{"traceId":"order-2","handle":"t2","complete":true,"reasons":[],"revision":1,"namesakes":2,"text":"=== Execution path report ===\nTrace: t2 · order-2 (the newest of 2 of that name)\nRoot: POST /orders\nDuration: 60.00 ms\nStatus: ✅ ok\n\n=== Call tree ===\nname (total | self) [attributes]   🔥 on the critical path   ❌ error\n🔥 POST /orders (60.00 ms | 60.00 ms)\n\n=== Critical path ===\n100.0 %  60.00 ms  POST /orders\n\n=== Insights ===\n• Not covered by a span: 60.00 ms, most of the time, of POST /orders, no span is inside it: 60.00 ms on the critical path → see what runs or waits there, and give it a span (span a)","shown":{"spans":1,"ms":60.0},"total":{"spans":1,"ms":60.0},"truncated":false}}
#| === Execution path report ===
#| Trace: t2 · order-2 (the newest of 2 of that name)
#| Root: POST /orders
#| Duration: 60.00 ms
#| Status: ✅ ok
#|
#| === Call tree ===
#| name (total | self) [attributes]   🔥 on the critical path   ❌ error
#| 🔥 POST /orders (60.00 ms | 60.00 ms)
#|
#| === Critical path ===
#| 100.0 %  60.00 ms  POST /orders
#|
#| === Insights ===
#| • Not covered by a span: 60.00 ms, most of the time, of POST /orders, no span is inside it: 60.00 ms on the critical path → see what runs or waits there, and give it a span (span a)
--> {"jsonrpc":"2.0","id":2,"method":"trace/summary","params":{"traceId":"GET /orders","locale":"zh"}}
<-- {"jsonrpc":"2.0","id":2,"result":{"traceId":"order-3","handle":"t3","complete":true,"reasons":[],"revision":1,"namesakes":1,"text":"=== 函数执行路径分析报告 ===\nTrace ID: t3 · order-3 (按名称唯一匹配)\n根函数: GET /orders\n总耗时: 5.00 ms\n执行状态: ✅ 执行成功\n\n=== 调用树结构 ===\n格式: 函数名 (总耗时 | 自身耗时) [参数]   🔥 = 关键路径   ❌ = 包含错误\n🔥 GET /orders (5.00 ms | 5.00 ms)\n\n=== 关键路径 ===\n100.0 %  5.00 ms  GET /orders\n\n=== 性能洞察 ===\n• 没有 span 覆盖: GET /orders 的 5.00 ms (大部分时间), 其中没有任何 span：关键路径上 5.00 ms → 查看此处在执行或等待什么, 并添加 span (span a)","shown":{"spans":1,"ms":5.0},"total":{"spans":1,"ms":5.0},"truncated":false}}
#| === 函数执行路径分析报告 ===
#| Trace ID: t3 · order-3 (按名称唯一匹配)
#| 根函数: GET /orders
#| 总耗时: 5.00 ms
#| 执行状态: ✅ 执行成功
#|
#| === 调用树结构 ===
#| 格式: 函数名 (总耗时 | 自身耗时) [参数]   🔥 = 关键路径   ❌ = 包含错误
#| 🔥 GET /orders (5.00 ms | 5.00 ms)
#|
#| === 关键路径 ===
#| 100.0 %  5.00 ms  GET /orders
#|
#| === 性能洞察 ===
#| • 没有 span 覆盖: GET /orders 的 5.00 ms (大部分时间), 其中没有任何 span：关键路径上 5.00 ms → 查看此处在执行或等待什么, 并添加 span (span a)
--> {"jsonrpc":"2.0","id":3,"method":"traces/compare","params":{"base":"order-1","target":"POST /orders"}}
<-- {"jsonrpc":"2.0","id":3,"result":{"base":{"traceId":"order-1","handle":"t1","complete":true,"reasons":[],"revision":1},"target":{"traceId":"order-2","handle":"t2","complete":true,"reasons":[],"revision":1,"namesakes":2},"comparable":true,"text":"Slower by 20.00 ms (+50.0 %); most of it: POST /orders +20.00 ms\n=== Compared ===\nBase: t1 · order-1 — POST /orders, 40.00 ms\nTarget: t2 · order-2 (the newest of 2 of that name) — POST /orders, 60.00 ms\nChanges: 1 slower\n\n=== Changes ===\npart of the root's change  what  caller › call · service ×calls (self, critical): before → after\n+20.00 ms  slower  POST /orders (self 40.00 ms → 60.00 ms, critical 40.00 ms → 60.00 ms)","shownChanges":1,"totalChanges":1,"truncated":false}}
#| Slower by 20.00 ms (+50.0 %); most of it: POST /orders +20.00 ms
#| === Compared ===
#| Base: t1 · order-1 — POST /orders, 40.00 ms
#| Target: t2 · order-2 (the newest of 2 of that name) — POST /orders, 60.00 ms
#| Changes: 1 slower
#|
#| === Changes ===
#| part of the root's change  what  caller › call · service ×calls (self, critical): before → after
#| +20.00 ms  slower  POST /orders (self 40.00 ms → 60.00 ms, critical 40.00 ms → 60.00 ms)

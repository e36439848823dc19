# A locale that begins with zh speaks Chinese; focus shows one span and what is below it.
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
--> {"jsonrpc":"2.0","id":1,"method":"trace/summary","params":{"locale":"zh-CN","focus":"span_1"}}
<-- {"jsonrpc":"2.0","id":1,"result":{"traceId":"trace_1","handle":"t1","complete":true,"reasons":[],"revision":9,"text":"=== 函数执行路径分析报告 ===\nTrace ID: t1 · trace_1\n聚焦函数: checkout\n总耗时: 80.00 ms\n执行状态: ⚠️ 执行成功, 内部有 1 个错误\n\n=== 调用树结构 ===\n格式: 函数名 (总耗时 | 自身耗时) [参数]   🔥 = 关键路径   ❌ = 包含错误\n🔥 checkout (80.00 ms | 5.25 ms) [cart.items=3, user=u-17]\n├─ fetch_prices (12.25 ms | 12.25 ms) [currency=EUR]\n├─ 🔥 reserve_stock (31.50 ms | 31.50 ms)\n├─ 🔥 ❌ charge_card (27.50 ms | 27.50 ms) [attempt=1]\n└─ 🔥 charge_card (15.75 ms | 15.75 ms) [attempt=2]\n\n=== 关键路径 ===\n54.1 %  43.25 ms  charge_card ×2\n39.4 %  31.50 ms  reserve_stock\n6.6 %  5.25 ms  checkout\n\n=== 性能洞察 ===\n• 重试: charge_card ×2, 失败 1 次 (\"card service: timeout after 25 ms\"), 间隔共 1.50 ms：关键路径上 29.00 ms → 查明首次失败的原因 (span span_4)\n\n=== 错误信息汇总 ===\n❌ card service: timeout after 25 ms 于 charge_card — checkout › charge_card, 被 checkout 吞掉\n⚠️ retrying the payment 于 checkout — checkout","shown":{"spans":5,"ms":92.25},"total":{"spans":5,"ms":92.25},"truncated":false}}
#| === 函数执行路径分析报告 ===
#| Trace ID: t1 · trace_1
#| 聚焦函数: checkout
#| 总耗时: 80.00 ms
#| 执行状态: ⚠️ 执行成功, 内部有 1 个错误
#|
#| === 调用树结构 ===
#| 格式: 函数名 (总耗时 | 自身耗时) [参数]   🔥 = 关键路径   ❌ = 包含错误
#| 🔥 checkout (80.00 ms | 5.25 ms) [cart.items=3, user=u-17]
#| ├─ fetch_prices (12.25 ms | 12.25 ms) [currency=EUR]
#| ├─ 🔥 reserve_stock (31.50 ms | 31.50 ms)
#| ├─ 🔥 ❌ charge_card (27.50 ms | 27.50 ms) [attempt=1]
#| └─ 🔥 charge_card (15.75 ms | 15.75 ms) [attempt=2]
#|
#| === 关键路径 ===
#| 54.1 %  43.25 ms  charge_card ×2
#| 39.4 %  31.50 ms  reserve_stock
#| 6.6 %  5.25 ms  checkout
#|
#| === 性能洞察 ===
#| • 重试: charge_card ×2, 失败 1 次 ("card service: timeout after 25 ms"), 间隔共 1.50 ms：关键路径上 29.00 ms → 查明首次失败的原因 (span span_4)
#|
#| === 错误信息汇总 ===
#| ❌ card service: timeout after 25 ms 于 charge_card — checkout › charge_card, 被 checkout 吞掉
#| ⚠️ retrying the payment 于 checkout — checkout

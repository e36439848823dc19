# The locale of the session is the language of its summaries.
pipe {"timestamp":"2026-11-23T10:00:00.000Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span started: job","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_1","parent_id":null,"span_name":"job"}}
pipe {"timestamp":"2026-11-23T10:00:00.003Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span ended: 3 ms","fields":{"event_type":"span_end","trace_id":"trace_1","span_id":"span_1","duration_ms":3}}
clock +500ms
--> {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"locale":"zh-CN"}}
<-- {"jsonrpc":"2.0","id":1,"result":{"capabilities":{"experimental":{"traceDistiller":{"version":"0.1.0","methods":{"traces/list":2,"traces/aggregate":2,"traces/compare":1,"traces/check":1,"traces/insights":1,"traces/search":2,"traces/await":2,"traces/report":2,"traces/clear":2,"trace/explain":1,"trace/summary":1,"trace/criticalPath":1,"trace/errors":1,"trace/insights":1,"trace/tree":1,"trace/span":1,"trace/export":1,"logs/list":2,"server/status":1}}}},"serverInfo":{"name":"trace-distiller","version":"0.1.0"}}}
--> {"jsonrpc":"2.0","id":2,"method":"trace/summary"}
<-- {"jsonrpc":"2.0","id":2,"result":{"traceId":"trace_1","handle":"t1","complete":true,"reasons":[],"revision":2,"text":"=== 函数执行路径分析报告 ===\nTrace ID: t1 · trace_1\n根函数: job\n总耗时: 3.00 ms\n执行状态: ✅ 执行成功\n\n=== 调用树结构 ===\n格式: 函数名 (总耗时 | 自身耗时) [参数]   🔥 = 关键路径   ❌ = 包含错误\n🔥 job (3.00 ms | 3.00 ms)\n\n=== 关键路径 ===\n100.0 %  3.00 ms  job","shown":{"spans":1,"ms":3.0},"total":{"spans":1,"ms":3.0},"truncated":false}}
#| === 函数执行路径分析报告 ===
#| Trace ID: t1 · trace_1
#| 根函数: job
#| 总耗时: 3.00 ms
#| 执行状态: ✅ 执行成功
#|
#| === 调用树结构 ===
#| 格式: 函数名 (总耗时 | 自身耗时) [参数]   🔥 = 关键路径   ❌ = 包含错误
#| 🔥 job (3.00 ms | 3.00 ms)
#|
#| === 关键路径 ===
#| 100.0 %  3.00 ms  job

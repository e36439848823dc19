# A trace that still runs is answered as it is; complete, reasons and revision tell how much that means.
pipe {"timestamp":"2026-11-23T10:00:00.000Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span started: import","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_1","parent_id":null,"span_name":"import"}}
pipe {"timestamp":"2026-11-23T10:00:00.001Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span started: parse","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_2","parent_id":"span_1","span_name":"parse"}}
pipe {"timestamp":"2026-11-23T10:00:00.041Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span ended: 40 ms","fields":{"event_type":"span_end","trace_id":"trace_1","span_id":"span_2","duration_ms":40}}
--> {"jsonrpc":"2.0","id":1,"method":"trace/summary","params":{"show":["tree"]}}
<-- {"jsonrpc":"2.0","id":1,"result":{"traceId":"trace_1","handle":"t1","complete":false,"reasons":["rootRunning","openSpans"],"revision":3,"text":"=== Execution path report ===\nTrace: t1 · trace_1\nRoot: import\nDuration: 41.00 ms\nStatus: ⏳ running\nNot complete: rootRunning, openSpans\n\n=== Call tree ===\nname (total | self) [attributes]   🔥 on the critical path   ❌ error\n🔥 ⏳ import (41.00 ms | 1.00 ms)\n└─ 🔥 parse (40.00 ms | 40.00 ms)","shown":{"spans":2,"ms":41.0},"total":{"spans":2,"ms":41.0},"truncated":false}}
#| === Execution path report ===
#| Trace: t1 · trace_1
#| Root: import
#| Duration: 41.00 ms
#| Status: ⏳ running
#| Not complete: rootRunning, openSpans
#|
#| === Call tree ===
#| name (total | self) [attributes]   🔥 on the critical path   ❌ error
#| 🔥 ⏳ import (41.00 ms | 1.00 ms)
#| └─ 🔥 parse (40.00 ms | 40.00 ms)
pipe {"timestamp":"2026-11-23T10:00:00.060Z","level":"INFO","target":"shop::checkout","log_type":"trace","message":"Span ended: 60 ms","fields":{"event_type":"span_end","trace_id":"trace_1","span_id":"span_1","duration_ms":60}}
--> {"jsonrpc":"2.0","id":2,"method":"trace/summary","params":{"show":["tree"]}}
<-- {"jsonrpc":"2.0","id":2,"result":{"traceId":"trace_1","handle":"t1","complete":false,"reasons":["recentRecords"],"revision":4,"text":"=== Execution path report ===\nTrace: t1 · trace_1\nRoot: import\nDuration: 60.00 ms\nStatus: ✅ ok\nNot complete: recentRecords\n\n=== Call tree ===\nname (total | self) [attributes]   🔥 on the critical path   ❌ error\n🔥 import (60.00 ms | 20.00 ms)\n└─ 🔥 parse (40.00 ms | 40.00 ms)","shown":{"spans":2,"ms":60.0},"total":{"spans":2,"ms":60.0},"truncated":false}}
#| === Execution path report ===
#| Trace: t1 · trace_1
#| Root: import
#| Duration: 60.00 ms
#| Status: ✅ ok
#| Not complete: recentRecords
#|
#| === Call tree ===
#| name (total | self) [attributes]   🔥 on the critical path   ❌ error
#| 🔥 import (60.00 ms | 20.00 ms)
#| └─ 🔥 parse (40.00 ms | 40.00 ms)
# Half a second without a record: complete.
clock +500ms
--> {"jsonrpc":"2.0","id":3,"method":"trace/summary","params":{"show":["tree"]}}
<-- {"jsonrpc":"2.0","id":3,"result":{"traceId":"trace_1","handle":"t1","complete":true,"reasons":[],"revision":4,"text":"=== Execution path report ===\nTrace: t1 · trace_1\nRoot: import\nDuration: 60.00 ms\nStatus: ✅ ok\n\n=== Call tree ===\nname (total | self) [attributes]   🔥 on the critical path   ❌ error\n🔥 import (60.00 ms | 20.00 ms)\n└─ 🔥 parse (40.00 ms | 40.00 ms)","shown":{"spans":2,"ms":60.0},"total":{"spans":2,"ms":60.0},"truncated":false}}
#| === Execution path report ===
#| Trace: t1 · trace_1
#| Root: import
#| Duration: 60.00 ms
#| Status: ✅ ok
#|
#| === Call tree ===
#| name (total | self) [attributes]   🔥 on the critical path   ❌ error
#| 🔥 import (60.00 ms | 20.00 ms)
#| └─ 🔥 parse (40.00 ms | 40.00 ms)

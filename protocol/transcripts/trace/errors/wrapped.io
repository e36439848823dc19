# One cause, told by three spans: the callers wrap it, the second one swallows it. The entry is the innermost, with the line of the program's own code.
pipe {"timestamp":"2026-11-23T10:00:00.000Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_1","parent_id":null,"span_name":"checkout","attributes":{"cart.items":3}}}
pipe {"timestamp":"2026-11-23T10:00:00.001Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_2","parent_id":"span_1","span_name":"price_line","attributes":{"sku":"B-7"}}}
pipe {"timestamp":"2026-11-23T10:00:00.002Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_3","parent_id":"span_2","span_name":"minor_units","attributes":{"currency":"JPY"}}}
pipe {"timestamp":"2026-11-23T10:00:00.003Z","level":"ERROR","target":"shop","log_type":"trace","message":"KeyError: 'JPY'","fields":{"event_type":"log","trace_id":"trace_1","span_id":"span_3","exception.type":"KeyError","exception.message":"'JPY'","exception.stacktrace":"Traceback (most recent call last):\n  File \"/usr/lib/python3.11/contextlib.py\", line 81, in inner\n    return func(*args, **kwds)\n  File \"/srv/shop/cart.py\", line 41, in minor_units\n    return round(amount * RATES[code] * 100)\nKeyError: 'JPY'\n"}}
pipe {"timestamp":"2026-11-23T10:00:00.004Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span_end","trace_id":"trace_1","span_id":"span_3","duration_ms":2,"status":"error","status_message":"KeyError: 'JPY'"}}
pipe {"timestamp":"2026-11-23T10:00:00.005Z","level":"ERROR","target":"shop","log_type":"trace","message":"line B-7 has no price: KeyError 'JPY'","fields":{"event_type":"log","trace_id":"trace_1","span_id":"span_2"}}
pipe {"timestamp":"2026-11-23T10:00:00.006Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span_end","trace_id":"trace_1","span_id":"span_2","duration_ms":5,"status":"error"}}
pipe {"timestamp":"2026-11-23T10:00:00.007Z","level":"WARN","target":"shop","log_type":"trace","message":"a line was left out","fields":{"event_type":"log","trace_id":"trace_1","span_id":"span_1"}}
pipe {"timestamp":"2026-11-23T10:00:00.010Z","level":"INFO","target":"shop","log_type":"trace","message":"","fields":{"event_type":"span_end","trace_id":"trace_1","span_id":"span_1","duration_ms":10}}
clock +500ms
--> {"jsonrpc":"2.0","id":1,"method":"trace/errors"}
<-- {"jsonrpc":"2.0","id":1,"result":{"traceId":"trace_1","handle":"t1","complete":true,"reasons":[],"revision":9,"errorCount":2,"warningCount":1,"errors":[{"severity":"error","spanId":"span_3","name":"minor_units","type":"KeyError","message":"'JPY'","stackTop":["/srv/shop/cart.py:41 in minor_units"],"count":1,"firstTimeUnixNano":"1795428000003000000","lastTimeUnixNano":"1795428000003000000","outcome":{"swallowed":1},"swallowedBy":{"spanId":"span_1","name":"checkout"},"repeats":1,"pathLength":3,"path":[{"spanId":"span_1","name":"checkout","attributes":{"cart.items":3}},{"spanId":"span_2","name":"price_line","failed":true,"attributes":{"sku":"B-7"}},{"spanId":"span_3","name":"minor_units","failed":true,"attributes":{"currency":"JPY"}}],"spans":["span_3"]},{"severity":"warning","spanId":"span_1","name":"checkout","message":"a line was left out","count":1,"firstTimeUnixNano":"1795428000007000000","lastTimeUnixNano":"1795428000007000000","pathLength":1,"path":[{"spanId":"span_1","name":"checkout","attributes":{"cart.items":3}}],"spans":["span_1"]}],"total":2,"nextCursor":null}}
--> {"jsonrpc":"2.0","id":2,"method":"trace/summary"}
<-- {"jsonrpc":"2.0","id":2,"result":{"traceId":"trace_1","handle":"t1","complete":true,"reasons":[],"revision":9,"text":"=== Execution path report ===\nTrace: t1 · trace_1\nRoot: checkout\nDuration: 10.00 ms\nStatus: ⚠️ ok, 2 errors inside\n\n=== Call tree ===\nname (total | self) [attributes]   🔥 on the critical path   ❌ error\n🔥 checkout (10.00 ms | 5.00 ms) [cart.items=3]\n└─ 🔥 ❌ price_line (5.00 ms | 3.00 ms) [sku=B-7]\n   └─ 🔥 ❌ minor_units (2.00 ms | 2.00 ms) [currency=JPY]\n\n=== Critical path ===\n50.0 %  5.00 ms  checkout\n30.0 %  3.00 ms  price_line\n20.0 %  2.00 ms  minor_units\n\n=== Insights ===\n• Not covered by a span: 5.00 ms, most of the time, of checkout, in one stretch after price_line, its last call: 5.00 ms on the critical path → see what runs or waits there, and give it a span (span span_1)\n• Swallowed error: minor_units failed (\"KeyError: 'JPY'\", cart.py:41), yet checkout ended ok → check what its result lacks (span span_3)\n\n=== Errors ===\n❌ KeyError: 'JPY' in minor_units (cart.py:41) — checkout › price_line › minor_units, swallowed by checkout\n⚠️ a line was left out in checkout — checkout","shown":{"spans":3,"ms":10.0},"total":{"spans":3,"ms":10.0},"truncated":false}}
#| === Execution path report ===
#| Trace: t1 · trace_1
#| Root: checkout
#| Duration: 10.00 ms
#| Status: ⚠️ ok, 2 errors inside
#|
#| === Call tree ===
#| name (total | self) [attributes]   🔥 on the critical path   ❌ error
#| 🔥 checkout (10.00 ms | 5.00 ms) [cart.items=3]
#| └─ 🔥 ❌ price_line (5.00 ms | 3.00 ms) [sku=B-7]
#|    └─ 🔥 ❌ minor_units (2.00 ms | 2.00 ms) [currency=JPY]
#|
#| === Critical path ===
#| 50.0 %  5.00 ms  checkout
#| 30.0 %  3.00 ms  price_line
#| 20.0 %  2.00 ms  minor_units
#|
#| === Insights ===
#| • Not covered by a span: 5.00 ms, most of the time, of checkout, in one stretch after price_line, its last call: 5.00 ms on the critical path → see what runs or waits there, and give it a span (span span_1)
#| • Swallowed error: minor_units failed ("KeyError: 'JPY'", cart.py:41), yet checkout ended ok → check what its result lacks (span span_3)
#|
#| === Errors ===
#| ❌ KeyError: 'JPY' in minor_units (cart.py:41) — checkout › price_line › minor_units, swallowed by checkout
#| ⚠️ a line was left out in checkout — checkout

# Secrets are replaced before anything is kept, told by a key or by their form, and counted; what only looks alike stays. What could act on a terminal or in a
# model's context is shown as an escape, and counted.
pipe {"timestamp":"2026-11-23T10:00:00.000Z","level":"INFO","target":"shop","log_type":"trace","message":"Span started: login","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_1","parent_id":null,"span_name":"login\u202e\u200b","db.password":"hunter2-of-old","input_tokens":"812","author":"Ada"}}
pipe {"timestamp":"2026-11-23T10:00:00.001Z","level":"INFO","target":"shop","log_type":"trace","message":"Span started: call","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_2","parent_id":"span_1","span_name":"call","url":"https://ada:lovelace@bank.example/pay?token=5f2b91c0&page=2","order_id":"4111111111111111","card":"4111 1111 1111 1111"}}
pipe {"timestamp":"2026-11-23T10:00:00.003Z","level":"ERROR","target":"shop","log_type":"trace","message":"refused: Bearer 9c1f5a7e77d2","fields":{"event_type":"log","trace_id":"trace_1","span_id":"span_2"}}
pipe {"timestamp":"2026-11-23T10:00:00.004Z","level":"INFO","target":"shop","log_type":"trace","message":"Span ended: 3 ms","fields":{"event_type":"span_end","trace_id":"trace_1","span_id":"span_2","duration_ms":3}}
pipe {"timestamp":"2026-11-23T10:00:00.005Z","level":"INFO","target":"shop","log_type":"trace","message":"Span ended: 5 ms","fields":{"event_type":"span_end","trace_id":"trace_1","span_id":"span_1","duration_ms":5}}
clock +500ms
--> {"jsonrpc":"2.0","id":1,"method":"trace/summary"}
<-- {"jsonrpc":"2.0","id":1,"result":{"traceId":"trace_1","handle":"t1","complete":true,"reasons":[],"revision":5,"redactedValues":5,"text":"=== Execution path report ===\nTrace: t1 · trace_1\nRoot: login\\u{202e}\\u{200b}\nDuration: 5.00 ms\nStatus: ⚠️ ok, 1 error inside\n\n=== Call tree ===\nname (total | self) [attributes]   🔥 on the critical path   ❌ error\n🔥 login\\u{202e}\\u{200b} (5.00 ms | 2.00 ms) [db.password=[redacted:password], input_tokens=812, author=Ada]\n└─ 🔥 ❌ call (3.00 ms | 3.00 ms) [url=https://[redacted:url_credentials]@bank.example/…(81 chars), order_id=4111111111111111, card=[redacted:card_number]]\n\n=== Critical path ===\n60.0 %  3.00 ms  call\n40.0 %  2.00 ms  login\\u{202e}\\u{200b}\n\n=== Insights ===\n• Swallowed error: call https://[redacted:url_credentials]@bank.example/pay failed (\"refused: Bearer [redacted:authorization]\"), yet login\\u{202e}\\u{200b} ended ok → check what its result lacks (span span_2)\n\n=== Errors ===\n❌ refused: Bearer [redacted:authorization] in call — login\\u{202e}\\u{200b} › call, swallowed by login\\u{202e}\\u{200b}","sanitised":12,"shown":{"spans":2,"ms":5.0},"total":{"spans":2,"ms":5.0},"truncated":false}}
#| === Execution path report ===
#| Trace: t1 · trace_1
#| Root: login\u{202e}\u{200b}
#| Duration: 5.00 ms
#| Status: ⚠️ ok, 1 error inside
#|
#| === Call tree ===
#| name (total | self) [attributes]   🔥 on the critical path   ❌ error
#| 🔥 login\u{202e}\u{200b} (5.00 ms | 2.00 ms) [db.password=[redacted:password], input_tokens=812, author=Ada]
#| └─ 🔥 ❌ call (3.00 ms | 3.00 ms) [url=https://[redacted:url_credentials]@bank.example/…(81 chars), order_id=4111111111111111, card=[redacted:card_number]]
#|
#| === Critical path ===
#| 60.0 %  3.00 ms  call
#| 40.0 %  2.00 ms  login\u{202e}\u{200b}
#|
#| === Insights ===
#| • Swallowed error: call https://[redacted:url_credentials]@bank.example/pay failed ("refused: Bearer [redacted:authorization]"), yet login\u{202e}\u{200b} ended ok → check what its result lacks (span span_2)
#|
#| === Errors ===
#| ❌ refused: Bearer [redacted:authorization] in call — login\u{202e}\u{200b} › call, swallowed by login\u{202e}\u{200b}
--> {"jsonrpc":"2.0","id":2,"method":"trace/span","params":{"traceId":"t1","spanId":"span_2"}}
<-- {"jsonrpc":"2.0","id":2,"result":{"traceId":"trace_1","handle":"t1","complete":true,"reasons":[],"revision":5,"redactedValues":5,"span":{"spanId":"span_2","parentSpanId":"span_1","name":"call","target":"shop","status":"error","startTimeUnixNano":"1795428000001000000","durationMs":3.0,"selfMs":3.0,"criticalMs":3.0,"attributes":{"url":"https://[redacted:url_credentials]@bank.example/pay?token=[redacted:token]&page=2","order_id":"4111111111111111","card":"[redacted:card_number]"},"endTimeUnixNano":"1795428000004000000","path":["login‮​","call"],"childCount":0},"events":[{"timeUnixNano":"1795428000003000000","level":"ERROR","message":"refused: Bearer [redacted:authorization]","target":"shop"}],"eventsTotal":1,"truncated":false}}

# Three downloads at the same time: only the one that finished last kept the root waiting.
#   download_all |--------------------|
#   fetch A        |---------|
#   fetch B        |---------------|
#   merge                           |-|
pipe {"timestamp":"2026-11-23T10:00:00.000Z","level":"INFO","target":"mirror","log_type":"trace","message":"Span started: download_all","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_1","parent_id":null,"span_name":"download_all"}}
pipe {"timestamp":"2026-11-23T10:00:00.011Z","level":"INFO","target":"mirror","log_type":"trace","message":"Span ended: fetch","fields":{"event_type":"span","trace_id":"trace_1","span_id":"span_2","parent_id":"span_1","span_name":"fetch","start_timestamp":"2026-11-23T10:00:00.002Z","duration_ms":9,"attributes":{"file":"A"}}}
pipe {"timestamp":"2026-11-23T10:00:00.017Z","level":"INFO","target":"mirror","log_type":"trace","message":"Span ended: fetch","fields":{"event_type":"span","trace_id":"trace_1","span_id":"span_3","parent_id":"span_1","span_name":"fetch","start_timestamp":"2026-11-23T10:00:00.002Z","duration_ms":15,"attributes":{"file":"B"}}}
pipe {"timestamp":"2026-11-23T10:00:00.019500Z","level":"INFO","target":"mirror","log_type":"trace","message":"Span ended: merge","fields":{"event_type":"span","trace_id":"trace_1","span_id":"span_4","parent_id":"span_1","span_name":"merge","start_timestamp":"2026-11-23T10:00:00.017500Z","duration_ms":2}}
pipe {"timestamp":"2026-11-23T10:00:00.020Z","level":"INFO","target":"mirror","log_type":"trace","message":"Span ended: 20 ms","fields":{"event_type":"span_end","trace_id":"trace_1","span_id":"span_1","duration_ms":20}}
clock +500ms
--> {"jsonrpc":"2.0","id":1,"method":"trace/criticalPath"}
<-- {"jsonrpc":"2.0","id":1,"result":{"traceId":"trace_1","handle":"t1","complete":true,"reasons":[],"revision":5,"method":"lastFinishingChild","rootSpanId":"span_1","durationMs":20.0,"overlapTolerance":{"clockResolutionMs":0.001,"percentOfShorter":1,"forgiven":0},"text":"=== Critical path ===\n75.0 %  15.00 ms  fetch\n15.0 %  3.00 ms  download_all\n10.0 %  2.00 ms  merge","totals":[{"name":"fetch","criticalMs":15.0,"share":0.75,"spans":1},{"name":"download_all","criticalMs":3.0,"share":0.15,"spans":1},{"name":"merge","criticalMs":2.0,"share":0.1,"spans":1}],"segments":[{"spanId":"span_1","name":"download_all","startTimeUnixNano":"1795428000000000000","endTimeUnixNano":"1795428000002000000","durationMs":2.0},{"spanId":"span_3","name":"fetch","startTimeUnixNano":"1795428000002000000","endTimeUnixNano":"1795428000017000000","durationMs":15.0},{"spanId":"span_1","name":"download_all","startTimeUnixNano":"1795428000017000000","endTimeUnixNano":"1795428000017500000","durationMs":0.5},{"spanId":"span_4","name":"merge","startTimeUnixNano":"1795428000017500000","endTimeUnixNano":"1795428000019500000","durationMs":2.0},{"spanId":"span_1","name":"download_all","startTimeUnixNano":"1795428000019500000","endTimeUnixNano":"1795428000020000000","durationMs":0.5}],"heaviestChain":["span_1","span_3"],"diagnostics":[],"otherRoots":[],"truncated":false}}
#| === Critical path ===
#| 75.0 %  15.00 ms  fetch
#| 15.0 %  3.00 ms  download_all
#| 10.0 %  2.00 ms  merge

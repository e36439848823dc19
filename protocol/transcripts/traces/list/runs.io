# A trace through two services, each a run of its own, and one of a program that only announced its session. `run` in a filter means any run that told of the trace.
pipe {"timestamp":"2026-11-23T10:00:00.000Z","level":"INFO","target":"worker","message":"SESSION_START","fields":{"session_start":true,"session_id":"session_1795428000000"}}
pipe {"timestamp":"2026-11-23T10:00:00.010Z","level":"INFO","target":"worker","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"trace_1","span_id":"span_1","parent_id":null,"span_name":"job","start_timestamp":"2026-11-23T10:00:00.001Z","duration_ms":9}}
pipe {"timestamp":"2026-11-23T10:00:01.020Z","level":"INFO","target":"web","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","parent_id":null,"span_name":"GET /cart","start_timestamp":"2026-11-23T10:00:01.000Z","duration_ms":20,"service":"web","run":"web-5f"}}
pipe {"timestamp":"2026-11-23T10:00:01.010Z","level":"INFO","target":"db","log_type":"trace","message":"","fields":{"event_type":"span","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b8","parent_id":"00f067aa0ba902b7","span_name":"SELECT","start_timestamp":"2026-11-23T10:00:01.005Z","duration_ms":5,"service":"db","run":"db-17"}}
clock +500ms
--> {"jsonrpc":"2.0","id":1,"method":"traces/list","params":{"filter":{"run":"db-17"}}}
--> {"jsonrpc":"2.0","id":2,"method":"traces/list","params":{"filter":{"run":"session_"}}}
--> {"jsonrpc":"2.0","id":3,"method":"traces/list","params":{"filter":{"run":"web-6"}}}

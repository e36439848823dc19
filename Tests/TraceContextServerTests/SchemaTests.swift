// Proves that answers match their schemas: every record, request, answer and example of protocol/ is valid.

import JSON
import Testing
import TraceRecords

@testable import TraceContextServer

struct SchemaTests {
  static let records = ProtocolFolder.json("records.schema.json")

  static func problems(ofRecord record: JSONValue) -> [String] { JSONSchema(document: records).problems(record, records) }

  @Test(arguments: ProtocolFolder.transcripts) func transcript(_ name: String) throws {
    let transcript = try Transcript(named: name)
    for case .pipe(let line) in transcript.steps {
      let problems = Self.problems(ofRecord: try JSONValue(parsing: line))
      #expect(problems.isEmpty, "\(name): \(line)\n  \(problems.joined(separator: "\n  "))")
    }
    // scripts/check-mcp checks MCP requests against the schemas of its revisions.
    for (request, answer) in name.hasPrefix("mcp/") ? [] : try transcript.exchanges {
      let problems = OpenRPCDocument.shared.problems(ofExchange: request, answer)
      #expect(problems.isEmpty, "\(name): \(request.serializedString)\n  \(problems.joined(separator: "\n  "))")
    }
  }

  @Test func examples() {
    for method in OpenRPCDocument.shared.methods {
      let name = method["name"]?.string ?? ""
      for example in method["examples"]?.array ?? [] {
        var params = JSONObject()
        for param in example["params"]?.array ?? [] { params[param["name"]?.string ?? ""] = param["value"] }
        let problems =
          OpenRPCDocument.shared.problems(ofParams: .object(params), method: name)
          + OpenRPCDocument.shared.problems(ofResult: example["result"]?["value"] ?? .null, method: name)
        #expect(problems.isEmpty, "example \(example["name"]?.string ?? "") of \(name)\n  \(problems.joined(separator: "\n  "))")
      }
    }
  }

  static let time = "2026-11-23T10:00:00.000000001+08:00"

  /// Lines of every variant in records.md, and whether a producer may write them. What may be written must be readable.
  static let lines: [(isRecord: Bool, line: String)] = [
    (
      true,
      #"{"timestamp":"T","level":"INFO","target":"SystemObservability","message":"SESSION_START","fields":{"session_start":true,"session_id":"session_1"}}"#
    ),
    (true, #"{"timestamp":"T","message":"SESSION_START","fields":{"session_id":7}}"#),
    (
      true,
      #"{"timestamp":"T","level":"INFO","target":"a::b","log_type":"trace","message":"m","fields":{"event_type":"span_start","trace_id":"trace_1","span_id":"span_1","parent_id":null,"span_name":"n","symbol":"free"}}"#
    ),
    (
      true,
      #"{"timestamp":"T","log_type":"trace","fields":{"event_type":"span_start","trace_id":18446744073709551615,"span_id":2,"parent_id":"0x1a"}}"#
    ),
    (
      true,
      #"{"timestamp":"T","log_type":"trace","fields":{"event_type":"span_start","trace_id":"1","span_id":"2","attributes":{"n":1,"f":1.5,"b":true,"a":[1]},"kind":"client","links":[{"trace_id":"9"}],"file":"a.swift","line":3,"function":"f()","service":"api","run":"r","producer":"p","seq":1}}"#
    ),
    (true, #"{"log_type":"trace","fields":{"event_type":"span_end","trace_id":"1","span_id":"2","duration_ms":12.345678}}"#),
    (
      true,
      #"{"timestamp":"T","log_type":"trace","fields":{"event_type":"span_end","trace_id":"1","span_id":"2","status":"error","status_message":"no"}}"#
    ),
    (
      true,
      #"{"timestamp":"T","level":"ERROR","log_type":"trace","message":"m","fields":{"event_type":"log","trace_id":"1","span_id":"2","code":5}}"#
    ),
    (
      true,
      #"{"timestamp":"T","log_type":"trace","fields":{"event_type":"span","trace_id":"1","span_id":"2","parent_id":"","start_timestamp":"T","duration_ms":0}}"#
    ),
    (
      true,
      #"{"timestamp":"T","log_type":"trace","fields":{"event_type":"gap","producer":"p","seq":9,"first_seq":3,"last_seq":5,"count":3,"reason":"full"}}"#
    ),
    (true, #"{"timestamp":"T","level":"WARN","log_type":"module","message":"m","target":"t","fields":{},"span":null}"#),
    (
      true,
      #"{"timestamp":"T","log_type":"module","message":"m","fields":{"run":1},"span":{"span_id":"span_3","span_name":"task","trace_id":"trace_1"}}"#
    ),
    (true, #"{"timestamp":"T","message":"m","fields":{"log.type":"module"}}"#),
    (true, #"{"timestamp":"T","message":"m","fields":{"log_type":"module"}}"#),
    (true, #"{"type":"span_start","timestamp":"T","trace_id":"1","span_id":"2","parent_id":null,"name":"n","target":"t"}"#),
    (true, #"{"type":"log","timestamp":"T","trace_id":"1","span_id":"2","level":"ERROR","message":"boom"}"#),
    (true, #"{"type":"span_end","timestamp":"T","trace_id":"1","span_id":"2","duration_ms":10.5}"#),
    (
      true,
      #"{"type":"span","id":"104","trace_id":"1","parent_id":"99","name":"n","target":"t","level":"INFO","timestamp":"T","duration_ms":350.2,"attributes":{"a":2},"events":[{"timestamp":"T","name":"failed","level":"ERROR","attributes":{}}],"status":"FAILURE"}"#
    ),
    (false, #"{}"#), (false, #"[]"#), (false, #"{"message":"hello"}"#),
    (false, #"{"log_type":"trace","fields":{"event_type":"span_stop","trace_id":"1","span_id":"2"}}"#),
    (false, #"{"timestamp":"T","log_type":"trace","fields":{"event_type":"span_start","span_id":"2"}}"#),
    (false, #"{"timestamp":"T","log_type":"trace","fields":{"event_type":"span_start","trace_id":"","span_id":"2"}}"#),
    (false, #"{"timestamp":"T","log_type":"trace","fields":{"event_type":"span_start","trace_id":"1","span_id":true}}"#),
    (false, #"{"timestamp":"yesterday","log_type":"trace","fields":{"event_type":"span_start","trace_id":"1","span_id":"2"}}"#),
    (false, #"{"log_type":"trace","fields":{"event_type":"span_start","trace_id":"1","span_id":"2"}}"#),
    (false, #"{"log_type":"trace","fields":{"event_type":"span_end","trace_id":"1","span_id":"2"}}"#),
    (false, #"{"timestamp":"T","log_type":"trace","fields":{"event_type":"span","trace_id":"1","span_id":"2","duration_ms":5}}"#),
    (false, #"{"timestamp":"T","log_type":"trace","fields":{"event_type":"gap","first_seq":3,"last_seq":5}}"#),
    (false, #"{"timestamp":"T","log_type":"trace","fields":{"event_type":"gap","producer":"p","first_seq":0,"last_seq":5}}"#),
    (false, #"{"type":"span","id":"1","trace_id":"1","timestamp":"T"}"#),
  ]

  @Test(arguments: lines.indices) func record(_ index: Int) throws {
    let (isRecord, template) = Self.lines[index]
    let line = template.replacing(#""T""#, with: "\"\(Self.time)\"")
    let problems = Self.problems(ofRecord: try JSONValue(parsing: line))
    #expect(problems.isEmpty == isRecord, "\(line)\n  expected \(isRecord ? "a record" : "a problem")\n  got      \(problems)")
    var stream = RecordStream()
    Array((line + "\n").utf8).withUnsafeBytes { bytes in stream.feed(bytes) { _, _ in } }
    let isRead = stream.statistics.lost + stream.statistics.unrecognisedLines + stream.statistics.otherLines == 0
    #expect(
      isRead == isRecord, "\(line)\n  expected to be \(isRecord ? "read" : "refused")\n  got      \(stream.problems)"
    )
  }
}

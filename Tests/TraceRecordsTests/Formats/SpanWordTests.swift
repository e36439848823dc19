// Proves which forms of status, kind and level are understood, and that every other form is reported as unread.

import Testing

@testable import TraceRecords

struct SpanWordTests {
  private func node<Result>(_ json: String, _ body: (ValueNode) -> Result) -> Result? {
    var scanner = ValueScanner()
    return Array("[\(json)]".utf8).withUnsafeBytes { scanner.read($0) { body($0.first!) } }
  }

  @Test func statuses() {
    let rows: [(json: String, status: SpanStatus?)] = [
      ("0", .unset), ("1", .ok), ("2", .error), ("2.0", .error), (#""2""#, .error), (#""ERROR""#, .error), (#""error""#, .error),
      (#""Error""#, .error), (#""STATUS_CODE_ERROR""#, .error), (#""StatusCode.ERROR""#, .error), (#""Ok""#, .ok),
      (#""STATUS_CODE_OK""#, .ok), (#""STATUS_CODE_UNSET""#, .unset),
      (#""UNSET""#, .unset), (#""""#, .unset), ("null", .unset),
      ("3", nil), ("2.5", nil), (#""failed""#, nil), (#""STATUS_CODE_""#, .unset), ("true", nil), ("{}", nil), ("[]", nil),
    ]
    for (json, status) in rows {
      let got = node(json) { SpanStatus(reported: $0) }
      #expect(got == .some(status), "\(json): \(String(describing: got))")
    }
  }

  @Test func kinds() {
    let rows: [(json: String, first: Int64, kind: SpanKind?)] = [
      ("0", 1, .unspecified), ("1", 1, .internal), ("5", 1, .consumer), ("0", 0, .internal), ("1", 0, .server), ("2", 0, .client),
      ("4", 0, .consumer), (#""SPAN_KIND_CLIENT""#, 1, .client), (#""SpanKind.CLIENT""#, 1, .client), (#""KIND_SERVER""#, 1, .server),
      (#""server""#, 1, .server), (#""CLIENT""#, 0, .client), (#""3""#, 1, .client), ("null", 1, .unspecified), (#""""#, 1, .unspecified),
      (#""SPAN_KIND_UNSPECIFIED""#, 1, .unspecified), ("6", 1, nil), ("5", 0, nil), ("-1", 1, nil), (#""LLM""#, 1, nil), ("1.5", 1, nil),
      ("[]", 1, nil),
      (#""a very long text that no producer would ever call a kind""#, 1, nil),
    ]
    for (json, first, kind) in rows {
      let got = node(json) { SpanKind(reported: $0, first: first) }
      #expect(got == .some(kind), "\(json) from \(first): \(String(describing: got))")
    }
  }

  @Test func levels() {
    let rows: [(String, SeverityLevel?)] = [
      ("WARN", .warn), ("warning", .warn), ("Information", .info), ("NOTICE", .info), ("fatal", .error), ("CRITICAL", .error),
      ("dbg", .debug),
      ("Verbose", .trace), ("SEVERE", .error), ("event", nil), ("title", nil), ("", nil), ("infos", nil),
    ]
    for (word, level) in rows { #expect(SeverityLevel(word: word) == level, "\(word)") }
  }

  @Test func eventTexts() {
    let rows: [(name: String, fields: [(String, String)], message: String, level: SeverityLevel)] = [
      ("cache miss", [("message", "no")], "cache miss", .info),
      ("", [("message", "hello")], "hello", .info), ("log", [("message", "hello")], "hello", .info),
      ("Message", [("body", "hello")], "hello", .info),
      ("event", [("log.message", "hello"), ("log.severity", "ERROR")], "hello", .error),
      ("", [("exception.type", "TimeoutError"), ("exception.message", "no answer")], "TimeoutError: no answer", .error),
      ("", [("error.object", "rpc error: connection refused"), ("event", "error")], "rpc error: connection refused", .error),
      ("error", [("error.object", "refused"), ("error.kind", "RPC")], "RPC: refused", .error),
      ("exception", [("exception.message", "m"), ("message", "other")], "m", .error),
      ("exception", [], "exception", .error), ("", [], "", .info), ("log", [("x", "y")], "log", .info),
      ("tick", [("level", "warn")], "tick", .warn), ("tick", [("Level", "warn")], "tick", .info),
      ("tick", [("severity_text", "Warn")], "tick", .warn),
      ("tick", [("level", "loud"), ("severity", "debug")], "tick", .debug),
    ]
    for (name, fields, message, level) in rows {
      var text = EventText(name: name)
      for (key, value) in fields { Array(key.utf8).withUnsafeBytes { text.take($0, value) } }
      #expect(text.message == message, "\(name) \(fields): \(text.message)")
      #expect(text.level(isSpanFailed: true) == level, "\(name) \(fields): \(text.level(isSpanFailed: true))")
    }
    // An exception that did not make its span fail is a warning, unless it escaped the span.
    var caught = EventText(name: "exception")
    #expect(caught.level(isSpanFailed: false) == .warn)
    Array("exception.escaped".utf8).withUnsafeBytes { caught.take($0, "True") }
    #expect(caught.level(isSpanFailed: false) == .error)
  }
}

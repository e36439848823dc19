// Lines of Rust's tracing-subscriber in short form: `5 new a/b{x=1}` is written 5 ms after `base`, about span b with a field, inside a.

import Testing

@testable import TraceRecords

/// `MILLIS WHAT [LEVEL] PATH [@THREAD] [: MESSAGE]`. `WHAT` is new, enter, exit, close, event, or `close=BUSY+IDLE`. The path of an event
/// and of `enter` ends with the span itself, as `spans` does in these lines; `outer|own` separates the enclosing spans from the span
/// itself.
func rustLine(_ text: String) -> String {
  let (head, message) = cut(text, at: " : ")
  var words = head.split(separator: " ").map(String.init)
  let millis = words.removeFirst()
  var what = words.removeFirst()
  let level = words.first.map { $0 == $0.uppercased() && $0.count > 3 } == true ? words.removeFirst() : "INFO"
  let thread = words.last?.hasPrefix("@") == true ? String(words.removeLast().dropFirst()) : nil
  let path = words.first ?? ""
  var fields = "\"message\":\"\(message ?? what)\""
  if what.hasPrefix("close=") {
    let (busy, idle) = cut(String(what.dropFirst(6)), at: "+")
    what = "close"
    fields = "\"message\":\"close\",\"time.busy\":\"\(busy)\",\"time.idle\":\"\(idle ?? "0ns")\""
  }
  var (around, own) = cut(path, at: "|")
  if own == nil {
    own = path.split(separator: "/").last.map(String.init)
    if what != "event", what != "enter" { around = path.split(separator: "/").dropLast().joined(separator: "/") }
  }
  let spans = around.split(separator: "/").map { rustSpan(String($0)) }
  var line = "{\"timestamp\":\"2026-01-01T00:00:\(seconds(millis))Z\",\"level\":\"\(level)\",\"fields\":{\(fields)},\"target\":\"app\""
  if let own, !own.isEmpty { line += ",\"span\":\(rustSpan(own)),\"spans\":[\(spans.joined(separator: ","))]" }
  if let thread { line += ",\"threadId\":\"ThreadId(\(thread))\"" }
  return line + "}"
}

/// `task{symbol=BTC,n=1}`: values that look like numbers are numbers.
private func rustSpan(_ text: String) -> String {
  let (name, fields) = cut(text, at: "{")
  var members = fields.map { $0.dropLast().split(separator: ",").map(String.init) } ?? []
  members = members.map { field in
    let (key, value) = cut(field, at: "=")
    return "\"\(key)\":" + (Int(value ?? "") != nil ? value! : "\"\(value ?? "")\"")
  }
  return "{" + (members + ["\"name\":\"\(name)\""]).joined(separator: ",") + "}"
}

private func cut(_ text: String, at mark: String) -> (String, String?) {
  guard let range = text.firstRange(of: mark) else { return (text, nil) }
  return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
}

private func seconds(_ millis: String) -> String {
  let number = Int(millis) ?? 0
  return String(String(100 + number / 1_000).dropFirst()) + "." + String(String(1_000 + number % 1_000).dropFirst())
}

/// The records of lines in short form, one text per record without its format; and the unusual counters.
func checkRust(_ lines: String, _ expected: String..., at location: SourceLocation = #_sourceLocation) {
  let text = lines.split(separator: "\n").map { rustLine($0.drop { $0 == " " }.description) }.joined(separator: "\n")
  let reading = read(text)
  let got = reading.records.map { $0.replacing("(openTelemetry) ", with: "").replacing(" target=app", with: "") }
  #expect(
    got == expected, "\n  expected \(expected.joined(separator: "\n           "))\n  got      \(got.joined(separator: "\n           "))",
    sourceLocation: location)
  #expect(reading.statistics.lost == 0, "\(reading.problems)", sourceLocation: location)
}

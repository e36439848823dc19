// Records in a short form that is readable in tests, written as the native JSON lines that a program would send.

/// The origin of the times in these tests, in nanoseconds.
let storeBase: Int64 = 1_767_225_600_000_000_000  // 2026-01-01T00:00:00Z

/// One line of native JSON from a short form:
///
///     t/a start 0                a root starts (no parent is named)
///     t/b<a start 5 run r1       a child starts; its run is named
///     t/b end 9.5 took 4.5       timestamp and duration; either may be left out
///     t/b log 7 says ERROR boom
///     t/c<a span 2 took 3        one record for a whole span, which starts at 2
///     t/d<a line 5 took 3        the dialect of one line per closed span, which ends at 5
///     session s1 · gap p 3...8 · module text
///
/// `seq p#7`, `name n`, `status error` may follow; after ` | ` come members of `fields` as JSON.
func storeLine(_ sketch: String) -> String {
  let parts = sketch.split(separator: " | ", maxSplits: 1)
  var words = parts[0].split(separator: " ").map(String.init)[...]
  let first = words.removeFirst()
  switch first {
  case "session": return #"{"message":"SESSION_START","fields":{"session_start":true,"session_id":"\#(words.first!)"}}"#
  case "module": return #"{"log_type":"module","message":"\#(words.joined(separator: " "))"}"#
  case "gap":
    let bounds = words[words.startIndex + 1].split(separator: ".").map(String.init)
    let count = words.count > 3 ? #","count":\#(words.last!)"# : ""
    return
      #"{"log_type":"trace","fields":{"event_type":"gap","producer":"\#(words.first!)","first_seq":\#(bounds[0]),"last_seq":\#(bounds[1])\#(count)}}"#
  default: return StoreSpanLine(id: first, words: words, extra: parts.count > 1 ? String(parts[1]) : nil).text
  }
}

/// A record of a span.
private struct StoreSpanLine {
  let text: String

  init(id: String, words: ArraySlice<String>, extra: String?) {
    let slash = id.firstIndex(of: "/")!
    let angle = id.firstIndex(of: "<")
    let traceID = String(id[..<slash])
    let spanID = String(id[id.index(after: slash)..<(angle ?? id.endIndex)])
    let parent = angle.map { String(id[id.index(after: $0)...]) }
    var words = words
    let verb = words.removeFirst()
    let millis = words.first.flatMap { Double($0) }
    if millis != nil { words.removeFirst() }
    var took: Double?
    var level = "INFO"
    var message = ""
    var fields = ["\"trace_id\":\"\(traceID)\"", "\"span_id\":\"\(spanID)\""]
    if let parent { fields.append("\"parent_id\":\(parent == "-" ? "null" : "\"\(parent)\"")") }
    var name = spanID
    while let word = words.popFirst() {
      switch word {
      case "took": took = Double(words.removeFirst())!
      case "run": fields.append("\"run\":\"\(words.removeFirst())\"")
      case "name": name = words.removeFirst()
      case "status": fields.append("\"status\":\"\(words.removeFirst())\"")
      case "seq":
        let pair = words.removeFirst().split(separator: "#")
        fields.append("\"producer\":\"\(pair[0])\",\"seq\":\(pair[1])")
      default:
        level = words.removeFirst()
        message = words.joined(separator: " ")
        words = []
      }
    }
    if let extra { fields.append(extra) }
    var stamp = millis
    if verb == "span", let millis {
      fields.append("\"start_timestamp\":\"\(storeTimestamp(millis))\"")
      stamp = millis + (took ?? 0)
    }
    if let took { fields.append("\"duration_ms\":\(took)") }
    let time = stamp.map { "\"timestamp\":\"\(storeTimestamp($0))\"," } ?? ""
    if verb == "line" {
      let members = fields.joined(separator: ",").replacing("span_id", with: "id")
      text = "{\(time)\"type\":\"span\",\"name\":\"\(name)\",\(members)}"
    } else {
      if verb != "log" { fields.append("\"span_name\":\"\(name)\"") }
      fields.append("\"event_type\":\"\(verb == "log" || verb == "span" ? verb : "span_\(verb)")\"")
      text =
        "{\(time)\"level\":\"\(level)\",\"log_type\":\"trace\",\"message\":\"\(message)\",\"fields\":{\(fields.joined(separator: ","))}}"
    }
  }
}

/// `storeBase` plus that many milliseconds, within the same day.
private func storeTimestamp(_ millis: Double) -> String {
  let nanos = Int64((millis * 1_000_000).rounded())
  func pad(_ value: Int64, _ width: Int) -> String {
    String(String(value + Int64("1" + String(repeating: "0", count: width))!).dropFirst())
  }
  let seconds = nanos / 1_000_000_000
  let clock = "\(pad(seconds / 3_600, 2)):\(pad(seconds / 60 % 60, 2)):\(pad(seconds % 60, 2)).\(pad(nanos % 1_000_000_000, 9))"
  return "2026-01-01T\(clock)Z"
}

// Proves how the events of a profile become traces: one per process and thread and one per asynchronous id, nested by time in any order,
// with unbalanced events counted.

import Testing

@testable import TraceRecords

struct ChromeFormatTests {
  @Test func aProfile() throws {
    let bytes = try fixture("chrome", "json")
    let got = read(bytes, as: RecordStream())
    #expect(
      Calls.read(bytes).described == [
        "7/1 Frame root 10000+100000", "7/1 Frame root 120000+open", "7/1 Layout <Frame 30000+10000", "7/1 Paint <Frame 20500+2250",
        "7/1 style <Layout 31000+4000", "7/async/net/0x1 load root 5000+45000",
      ])
    #expect(got.statistics.ignoredEvents == 1 && got.statistics.invalidRecords == 1 && got.statistics.lost == 1, "\(got.counters)")
    #expect(got.problems.map(\.reason) == ["Chrome end event without a beginning"])
    func holds(_ parts: String...) -> Bool { got.records.contains { record in parts.allSatisfy { record.contains($0) } } }
    #expect(holds("log (openTelemetry) 7/1/4 ", "says \"hit\""), "an instant belongs to the innermost call: \(got.records)")
    #expect(holds("log (openTelemetry) 7/async/net/0x1/", "says \"bytes\""))
    #expect(holds("spanEnd", "[nodes=9]"), "what an end says is kept")
    #expect(holds("\"Layout\"", #"[code.file.path="layout.rs", code.line.number=12]"#))
    #expect(holds("spanStart", "root \"Frame\"", "service=renderer", #"thread.name="main""#))
  }

  /// Each row: events as `phase name ts dur`, and the resulting calls: name, parent, start and duration in microseconds.
  @Test(arguments: [
    ("X a 0 10, X b 1 2, X c 4 6", "a root 0+10, b <a 1+2, c <a 4+6"),
    // The events are not ordered by time.
    ("X c 4 6, X b 1 2, X a 0 10", "a root 0+10, b <a 1+2, c <a 4+6"),
    // Of calls with the same start, the longer one is outside; of equal ones, the first.
    ("X b 0 5, X a 0 10", "a root 0+10, b <a 0+5"), ("X a 0 5, X b 0 5", "a root 0+5, b <a 0+5"),
    // A call that begins when another ends is not inside it.
    ("X a 0 5, X b 5 5", "a root 0+5, b root 5+5"), ("B a 0, B b 5, E b 5, E a 9", "a root 0+9, b <a 5+0"),
    ("B a 0, X b 1 2, E a 4", "a root 0+4, b <a 1+2"), ("E a 9, B a 0, E b 8, B b 2", "a root 0+9, b <a 2+6"),
    // An end closes the latest call with its name, or else the latest call.
    ("B a 0, B b 1, E a 9, E b 10", "a root 0+9, b <a 1+9"), ("B a 0, E z 10", "a root 0+10"),
    ("B a 0, B b 1, E b 5", "a root 0+open, b <a 1+4"), ("X a 0, X b 1 -5", "a root 0+0, b root 1+0"),
  ])
  func nesting(_ events: String, _ expected: String) {
    let json = events.split(separator: ", ").map { event in
      let words = event.split(separator: " ")
      let duration = words.count > 3 ? #","dur":\#(words[3])"# : ""
      return #"{"ph":"\#(words[0])","name":"\#(words[1])","ts":\#(words[2]),"pid":1,"tid":1\#(duration)}"#
    }
    let got = Calls.read(Array("[\(json.joined(separator: ","))]".utf8), scale: 1_000).described.map { String($0.dropFirst(4)) }
    #expect(got == expected.split(separator: ", ").map(String.init), "\(events)\n  expected \(expected)\n  got      \(got)")
  }

  /// Microseconds since 1970 have more digits than a Double holds: calls that follow each other within nanoseconds must not be nested.
  @Test func exactTimes() throws {
    #expect(
      Calls.read(try fixture("chrome-fractions", "json"), scale: 1).described == [
        "1033891/140390667650624 A root 1732107141551429079+34670882955", "1033891/140390667650624 B <A 1732107142997066682+476375838",
        "1033891/140390667650624 C <A 1732107143473442569+300492826",
      ])
    let kernels = Calls.read(try fixture("chrome-text-times", "json"), scale: 1).described
    #expect(kernels.count == 12 && kernels.allSatisfy { $0.contains(" root ") }, "\(kernels)")
    #expect(kernels.first == "0/7 kernel0 root 1715580000000000001+3000")
    let exponents =
      #"[{"pid":1,"tid":1,"ph":"X","name":"a","ts":1.666382280874284e15,"dur":1.5e3},{"pid":1,"tid":1,"ph":"X","name":"b","ts":1666382280874291.5,"dur":0.001}]"#
    #expect(
      Calls.read(Array(exponents.utf8), scale: 1).described == [
        "1/1 a root 1666382280874284000+1500000", "1/1 b <a 1666382280874291500+1",
      ])
  }

  /// clang's totals per kind are not calls, but attributes of the longest outermost call of their process.
  @Test func totalsAreNoCalls() {
    let events = [
      #"{"pid":9,"tid":9,"ph":"X","ts":0,"dur":90,"name":"Short"}"#,
      #"{"pid":9,"tid":8,"ph":"X","ts":0,"dur":900,"name":"ExecuteCompiler"}"#,
      #"{"pid":9,"tid":10,"ph":"X","ts":0,"dur":1500,"name":"Total Frontend","args":{"count":2,"avg ms":0.75}}"#,
      #"{"pid":5,"tid":1,"ph":"X","ts":0,"dur":1500,"name":"Total Alone","args":{"count":1,"avg ms":1}}"#,
      // A program's own call with such a name.
      #"{"pid":9,"tid":9,"ph":"X","ts":200,"dur":3,"name":"Total Recall","args":{"count":2}}"#,
    ]
    let bytes = Array(#"{"traceEvents":[\#(events.joined(separator: ","))]}"#.utf8)
    let got = read(bytes, as: RecordStream())
    #expect(
      Calls.read(bytes).described == ["9/8 ExecuteCompiler root 0+900000", "9/9 Short root 0+90000", "9/9 Total Recall root 200000+3000"])
    let told = got.records.filter { $0.contains("total_ms") }
    #expect(told.count == 1 && told[0].contains("9/8/") && told[0].contains("[total_ms.Frontend=1.5d, total_count.Frontend=2]"), "\(told)")
    #expect(got.statistics.ignoredEvents == 1 && got.statistics.lost == 0, "\(got.counters)")
  }

  /// On a pipe, a silence releases the waiting events. A call that was open then is closed by its end later, and keeps its children.
  @Test func eventsOfAPipe() {
    var stream = RecordStream()
    var calls = Calls()
    func feed(_ text: String) { Array(text.utf8).withUnsafeBytes { stream.feed($0) { calls.take($0, $1) } } }
    feed("[\n" + #"{"ph":"B","name":"a","ts":0,"pid":1,"tid":1},"# + "\n")
    #expect(calls.described.isEmpty && stream.holdsRecords)
    stream.release { calls.take($0, $1) }
    #expect(calls.described == ["1/1 a root 0+open"] && !stream.holdsRecords)
    feed(#"{"ph":"X","name":"b","ts":1,"dur":2,"pid":1,"tid":1},"# + "\n" + #"{"ph":"E","ts":9,"pid":1,"tid":1}"# + "\n]\n")
    stream.finish { calls.take($0, $1) }
    #expect(calls.described == ["1/1 a root 0+9000", "1/1 b <a 1000+2000"])
    #expect(stream.statistics.lost == 0, "\(stream.problems)")
  }

  @Test func whatWaitsIsBounded() {
    var format = ChromeFormat(maxHeldBytes: 4_096)
    var batch = RecordBatch()
    var unusable: UInt64 = 0
    for index in 0..<1_000 {
      let outcome = taken(#"{"ph":"B","name":"n","ts":\#(index),"pid":1,"tid":1}"#, by: &format, into: &batch)
      unusable += outcome?.unusableFields ?? 0
    }
    #expect(batch.records.count > 900 && unusable > 0, "\(batch.records.count)")
    _ = format.finish(into: &batch)
    #expect(batch.records.count == 1_000)
  }

  @Test func whatIsUnusable() {
    let got = read(#"[{"ph":"X","pid":1},{"ph":"X","ts":"x"},{"name":"none"},{"ph":"X","ts":1e300},{"ph":"P","ts":1}]"#)
    #expect(got.statistics.invalidRecords == 4 && got.statistics.ignoredEvents == 1 && got.records.isEmpty, "\(got.counters)")
    #expect(
      got.problems.map { $0.element ?? -1 } == [0, 1, 2, 3] && got.problems[0].reason == "Chrome event without ts", "\(got.problems)")
  }
}

/// The calls in records, each from its start and its end.
private struct Calls {
  private struct Call {
    var name = ""
    var parent = ""
    var start: Int64 = 0
    var end: Int64?
  }

  private var calls: [String: Call] = [:]
  private let scale: Int64

  init(scale: Int64 = 1) { self.scale = scale }

  static func read(_ bytes: [UInt8], scale: Int64 = 1) -> Calls {
    var calls = Calls(scale: scale)
    var stream = RecordStream()
    bytes.withUnsafeBytes { stream.feed($0) { calls.take($0, $1) } }
    stream.finish { calls.take($0, $1) }
    return calls
  }

  mutating func take(_ batch: RecordBatch, _ texts: BatchTexts) {
    func text(_ range: TextRange) -> String { String(decoding: texts[range], as: UTF8.self) }
    for record in batch.records where record.kind == .spanStart || record.kind == .spanEnd {
      let key = text(record.traceID) + " " + text(record.spanID)
      var call = calls[key] ?? Call()
      if record.kind == .spanStart {
        (call.name, call.start) = (text(record.name), record.startNanos)
      } else {
        call.end = record.durationNanos == Record.unknown ? record.timeNanos : call.start + record.durationNanos
      }
      switch record.parent {
      case .unstated: break
      case .root: call.parent = "root"
      case .span: call.parent = text(record.traceID) + " " + text(record.parentID)
      }
      calls[key] = call
    }
  }

  /// Each as `trace name parent start+duration`.
  var described: [String] {
    calls.map { key, call in
      let parent = calls[call.parent].map { "<" + $0.name } ?? call.parent
      let duration = call.end.map { "\(($0 - call.start) / scale)" } ?? "open"
      return "\(key.prefix { $0 != " " }) \(call.name) \(parent) \(call.start / scale)+\(duration)"
    }.sorted()
  }
}

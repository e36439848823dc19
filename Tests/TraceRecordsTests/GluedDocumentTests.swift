// Proves that a document has a definite end in every format that keeps state during it: what follows in the same stream is read as in a
// separate file. And that a list may contain elements of several formats.

import Testing

@testable import TraceRecords

struct GluedDocumentTests {
  private static func profile(_ name: String, at start: Int) -> String {
    #"{"traceEvents":[{"ph":"M","name":"process_name","pid":1,"args":{"name":"p-\#(name)"}},{"ph":"B","name":"\#(name)","ts":\#(start),"pid":1,"tid":1},{"ph":"X","name":"in \#(name)","ts":\#(start + 1),"dur":2,"pid":1,"tid":1},{"ph":"E","ts":\#(start + 9),"pid":1,"tid":1}]}"#
  }

  /// Adjacent, on separate lines, printed, as lists: the second is a trace of its own, and nothing of it is inside the first.
  @Test(arguments: ["", "\n", "\n\n", " "]) func profiles(_ between: String) {
    let (first, second) = (Self.profile("a", at: 0), Self.profile("b", at: 4))
    func list(_ profile: String) -> String { String(profile.dropFirst(#"{"traceEvents":"#.utf8.count).dropLast()) }
    func printed(_ text: String) -> String { String(decoding: ReadingWaysTests.printed(Array(text.utf8)), as: UTF8.self) }
    for (way, one, two) in [
      ("objects", first, second), ("lists", list(first), list(second)), ("printed", printed(first), printed(second)),
      ("an open list", String(list(first).dropLast()), list(second)),
    ] {
      let got = read(one + between + two)
      let opened = got.records.filter { $0.hasPrefix("spanStart") }
      #expect(
        opened.count == 4 && opened.prefix(2).allSatisfy { $0.contains(" 1/1/") && $0.contains("service=p-a") }
          && opened.suffix(2).allSatisfy { $0.contains(" 1/1#2/") && $0.contains("service=p-b") } && got.statistics.lost == 0,
        "\(way) parted by \(between.debugDescription)\n\(got.records.joined(separator: "\n"))\n\(got.counters)")
      #expect(
        opened.filter { $0.contains(" root ") }.count + got.records.filter { $0.contains("spanEnd") && $0.contains(" root ") }.count >= 2)
      for cuts in [[one.utf8.count], Array(0..<(one + between + two).utf8.count)] {
        #expect(read(one + between + two, cuts: cuts) == got, "\(way), cut")
      }
    }
  }

  /// A document that arrives in pieces is one; events on separate lines are one until a document arrives.
  @Test func whatIsOneDocument() {
    func ids(_ text: String, _ stream: RecordStream = RecordStream()) -> Set<Substring> {
      Set(
        read(Array(text.utf8), as: stream, describing: true).records.compactMap {
          $0.split(separator: " ").dropFirst(2).first?.split(separator: "/")[1]
        })
    }
    let event = #"{"ph":"X","name":"n","ts":1,"dur":1,"pid":7,"tid":1}"#
    let many = "[" + Array(repeating: event, count: 400).joined(separator: ",") + "]"
    #expect(ids(many, RecordStream(maxLineBytes: 1_500)) == ["1"], "in pieces")
    #expect(ids(Array(repeating: event, count: 5).joined(separator: "\n")) == ["1"], "on lines")
    #expect(ids(event + "\n" + many + "\n" + event) == ["1", "1#2", "1#3"], "beside a document")
  }

  /// A Jaeger trace without processes does not use those of the next document.
  @Test func jaegersProcesses() {
    let first =
      #"{"data":[{"traceID":"a","spans":[{"traceID":"a","spanID":"b","operationName":"o","startTime":1767225600000000,"duration":5,"processID":"p1"}]}]}"#
    let second = #"{"data":[{"traceID":"a","spans":[],"processes":{"p1":{"serviceName":"other"}}}]}"#
    let got = read(first + "\n" + second)
    #expect(got.records.count == 1 && !got.records[0].contains("other"), "\(got.records)")
  }

  @Test func aListOfSeveralFormats() {
    let elements = [
      #"{"ph":"X","name":"event","ts":1,"dur":1,"pid":1,"tid":1}"#,
      #"{"traceId":"a1","id":"b1","kind":"CLIENT","timestamp":1767225600000000,"duration":2,"name":"zipkin"}"#,
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"4bc692194da8436f93133d4fafac0791","spanId":"00f067aa0ba902b7","name":"otlp","startTimeUnixNano":"1767225600000000000","endTimeUnixNano":"1767225600000000005"}]}]}]}"#,
      #"{"traceID":"a2","spanID":"b2","operationName":"jaeger","startTime":1767225600000000,"duration":5}"#, timed("native"),
    ]
    for turn in elements.indices {
      let turned = Array(elements[turn...] + elements[..<turn])
      for list in ["[" + turned.joined(separator: ",") + "]", "[\n" + turned.joined(separator: ",\n") + "\n]\n"] {
        let got = read(list)
        for name in ["event", "zipkin", "otlp", "jaeger", "native"] {
          #expect(
            got.records.contains { $0.contains("\"\(name)\"") }, "no \(name) in \(list)\n\(got.records) \(got.counters) \(got.problems)")
        }
        #expect(got.statistics.lost == 0 && got.statistics.unrecognisedLines == 0, "\(list)\n\(got.counters) \(got.problems)")
      }
    }
    // Elements of no known format are reported together with the known ones.
    let got = read("[" + elements[0] + "," + #"{"odd":1},"# + elements[1] + "]")
    #expect(got.statistics.lost == 1 && got.problems.first?.element == 1, "\(got.counters) \(got.problems)")
  }
}

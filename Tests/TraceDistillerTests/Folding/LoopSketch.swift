// A loop in the notation of a test: a root and consecutive calls, each with the calls below it.

import Testing

@testable import TraceDistiller

/// The properties of one call in a loop.
struct LoopCall {
  var name = "row"
  var millis = 1.0
  /// Names of calls below it, which share its time.
  var below: [String] = []
  var isFailed = false
  var failsBelow = false
  var attributes: [(key: String, value: SketchSpan.Value)] = []
}

extension TraceSketch {
  /// A root that contains only these calls.
  init(loop calls: [LoopCall], name: String = "main") {
    self.init()
    var clock: Int64 = 0
    spans = [SketchSpan(id: "root", parent: nil, name: name, start: 0, end: 0)]
    for (index, call) in calls.enumerated() {
      let nanos = Int64(call.millis * 1_000_000)
      var span = SketchSpan(id: "c\(index + 1)", parent: "root", name: call.name, start: clock, end: clock + nanos)
      (span.isFailed, span.attributes) = (call.isFailed, call.attributes)
      if call.isFailed { span.statusMessage = "no luck in \(index + 1)" }
      spans.append(span)
      for (place, name) in call.below.enumerated() {
        let share = nanos / Int64(call.below.count)
        var child = SketchSpan(
          id: "c\(index + 1).\(place)", parent: "c\(index + 1)", name: name, start: clock + share * Int64(place),
          end: clock + share * Int64(place + 1))
        child.isFailed = call.failsBelow && place == 0
        spans.append(child)
      }
      clock += nanos
    }
    spans[0].end = clock
  }

  /// The lines of the tree in its summary, after the heading.
  func treeLines(_ maxChars: Int = 50_000, _ language: SummaryLanguage = .english) -> [String] {
    var options = SummaryOptions()
    (options.maxChars, options.language, options.sections) = (maxChars, language, [.tree])
    let lines = distilled().summary(options).text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let body = lines.drop { $0 != language.treeFormat }.dropFirst()
    return Array(body.prefix { !$0.isEmpty })
  }
}

func expectLines(_ got: [String], _ expected: [String], _ location: SourceLocation = #_sourceLocation) {
  #expect(got == expected, "\nexpected\n\(expected.joined(separator: "\n"))\ngot\n\(got.joined(separator: "\n"))", sourceLocation: location)
}

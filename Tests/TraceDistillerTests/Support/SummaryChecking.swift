// How summaries are checked: against a golden text, and against the rules for every summary of any trace.

import JSON
import Testing

@testable import TraceDistiller

/// Checks that the timeline's summary is this text.
func check(
  _ timeline: String, _ options: SummaryOptions = SummaryOptions(), reads expected: String, at location: SourceLocation = #_sourceLocation
) {
  check(TraceSketch(timeline), options, reads: expected, at: location)
}

func check(
  _ sketch: TraceSketch, _ options: SummaryOptions = SummaryOptions(), reads expected: String,
  at location: SourceLocation = #_sourceLocation
) {
  let trace = sketch.distilled()
  let got = trace.summary(options).text
  #expect(got.unicodeScalars.elementsEqual(expected.unicodeScalars), "expected\n\(expected)\ngot\n\(got)", sourceLocation: location)
  checkPromises(trace, options, "golden", at: location)
}

/// Checks the lines before the first section of the timeline's summary.
func check(_ timeline: String, header expected: String, at location: SourceLocation = #_sourceLocation) {
  let text = TraceSketch(timeline).distilled().summary().text
  let got = text.split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }.joined(separator: "\n")
  #expect(got == expected, "\(timeline)\nexpected\n\(expected)\ngot\n\(got)", sourceLocation: location)
}

/// The rules for every summary: its bound, counted independently here; the grammar of its lines; correct counts.
@discardableResult
func checkPromises(
  _ trace: DistilledTrace, _ options: SummaryOptions, _ what: String, at location: SourceLocation = #_sourceLocation
) -> Summary { checkPromises(TraceAnalysis(trace), options, what, at: location) }

/// The same for a trace with several summaries: its analysis is computed once.
@discardableResult
func checkPromises(
  _ analysis: TraceAnalysis, _ options: SummaryOptions, _ what: String, at location: SourceLocation = #_sourceLocation
) -> Summary {
  let trace = analysis.trace
  let summary = analysis.summary(options)
  var problems: [String] = []
  let length = JSONValue.string(summary.text).serializedString.unicodeScalars.count - 2
  if length != jsonLength(summary.text) { problems.append("jsonLength says \(jsonLength(summary.text)), the writer \(length)") }
  if length > options.maxChars { problems.append("\(length) characters") }
  if summary.isForced { problems.append("cut by force") }
  for scalar in summary.text.unicodeScalars where scalar != "\n" && scalar.isHarmful {
    problems.append("raw U+\(String(scalar.value, radix: 16))")
    break
  }
  let reading = SummaryReading(summary.text, options.language)
  problems += reading.problems
  let (shown, total) = (summary.shown, summary.total)
  if reading.spanLines != shown.spans { problems.append("\(reading.spanLines) span lines, but shown says \(shown.spans)") }
  if reading.hasTree, shown.spans + reading.hiddenSpans != total.spans {
    problems.append("\(shown.spans) shown and \(reading.hiddenSpans) elided are not \(total.spans)")
  }
  if shown.spans > total.spans || shown.nanos > total.nanos { problems.append("more shown than there is") }
  if options.sections.contains(.tree), shown.spans < total.spans, !summary.isTruncated {
    problems.append("spans are missing and truncated is false")
  }
  if summary.isTruncated, !reading.hasClosing { problems.append("truncated, and no closing section says so") }
  if !summary.isTruncated, reading.hasClosing, trace.snapshot.storage.collapsedSpans == 0 {
    problems.append("a closing section, but nothing is missing")
  }
  if !summary.isTruncated, options.sections.contains(.errors), !trace.problems(below: options.scope.focus).isEmpty,
    !reading.sections.contains(options.language.errors), !reading.sections.contains(options.language.warnings)
  {
    problems.append("errors are missing and truncated is false")
  }
  if !problems.isEmpty {
    Issue.record(
      "\(what), maxChars \(options.maxChars):\n  \(problems.prefix(4).joined(separator: "\n  "))\n\(summary.text.prefix(3_000))",
      sourceLocation: location)
  }
  return summary
}

extension SummaryOptions {
  init(only section: Section) {
    self.init()
    sections = [section]
  }
}

extension Unicode.Scalar {
  /// By Unicode's own categories rather than by our list: what moves the cursor, changes the text's direction, or is invisible.
  var isHarmful: Bool {
    if value == 0xFE0F { return false }  // emoji presentation, as in our own ⚠️
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
    default: return properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint
    }
  }
}

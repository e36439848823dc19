// How the tables of this folder are checked: a record is printed as one line of text, so that a table row is an input line and an output
// line.

import Testing

@testable import JSON
@testable import TraceRecords

/// The origin of the times in these tests.
let base: Int64 = 1_767_225_600_000_000_000  // 2026-01-01T00:00:00Z

/// Checks the records of a line, one text each; absent and default values are not printed.
func check(_ line: String, _ expected: String..., at location: SourceLocation = #_sourceLocation) {
  check(Array(line.utf8), expected, at: location)
}

func check(_ line: [UInt8], _ expected: [String], at location: SourceLocation = #_sourceLocation) {
  let got = decoded(line)
  #expect(
    got == expected, "\(String(decoding: line.prefix(400), as: UTF8.self))\n  expected \(expected)\n  got      \(got)",
    sourceLocation: location)
}

/// The records of one line, or its error.
func decoded(_ line: [UInt8], by reader: any RecordDecoder = NativeDecoder()) -> [String] {
  var decoder = reader
  var batch = RecordBatch()
  return line.withUnsafeBytes { bytes in
    do throws(RecordError) {
      let outcome = try decoder.decode(bytes, offset: 0, into: &batch)
      let skipped = outcome.firstSkipped.map { ["skipped \(outcome.skippedRecords): \($0)"] } ?? []
      return batch.withTexts(source: bytes) { describe(batch, $0) } + skipped + (outcome.isMetrics ? ["metrics"] : [])
    } catch {
      return ["error: \(error)"]
    }
  }
}

/// Passes one value to a format; nil if it is not accepted.
func taken(_ value: String, by format: inout some TraceFormat, into batch: inout RecordBatch) -> LineOutcome? {
  Array(value.utf8).withUnsafeBytes { bytes in
    guard let tree = try? JanssonTree(parsing: bytes) else { return nil }
    return try? format.decode(tree, into: &batch)
  }
}

func describe(_ batch: RecordBatch, _ texts: BatchTexts) -> [String] { batch.records.map { describe($0, batch, texts) } }

/// A record as text: kind, who, what, when, why, attributes.
private func describe(_ record: Record, _ batch: RecordBatch, _ texts: BatchTexts) -> String {
  func text(_ range: TextRange) -> String { String(decoding: texts[range], as: UTF8.self) }
  func quoted(_ range: TextRange) -> String { text(range).debugDescription }
  var words = ["\(record.kind)"]
  if record.format != .native { words.append("(\(record.format))") }
  if !record.traceID.isEmpty || !record.spanID.isEmpty { words.append("\(text(record.traceID))/\(text(record.spanID))") }
  switch record.parent {
  case .unstated: break
  case .root: words.append("root")
  case .span: words.append("<\(text(record.parentID))")
  }
  if !record.name.isEmpty { words.append(quoted(record.name)) }
  if !record.message.isEmpty { words.append("says \(quoted(record.message))") }
  if !record.target.isEmpty { words.append("target=\(text(record.target))") }
  if !record.service.isEmpty { words.append("service=\(text(record.service))") }
  if record.level != .info { words.append(record.level.name) }
  if record.status != .unset { words.append("status=\(record.status)") }
  if record.spanKind != .unspecified { words.append("kind=\(record.spanKind.name)") }
  if record.followsFrom { words.append("followsFrom") }
  for (diagnostic, name) in SpanDiagnostics.names where record.diagnostics.contains(diagnostic) { words.append("\(name)") }
  if record.timeNanos != Record.unknown { words.append("at \(duration(record.timeNanos - base))") }
  if record.startNanos != Record.unknown { words.append("from \(duration(record.startNanos - base))") }
  if record.durationNanos != Record.unknown { words.append("took \(duration(record.durationNanos))") }
  if !record.run.isEmpty { words.append("run=\(text(record.run))") }
  if !record.session.isEmpty { words.append("session=\(text(record.session))") }
  if !record.producer.isEmpty { words.append("producer=\(text(record.producer))#\(record.sequence)") }
  if record.gapLast > 0 { words.append("gap=\(record.gapFirst)...\(record.gapLast) count=\(record.gapCount)") }
  let rows = batch.attributes[Int(record.attributeStart)..<Int(record.attributeStart + record.attributeCount)]
  if !rows.isEmpty { words.append("[" + rows.map { "\(shown(text($0.key)))=\(value($0.value, texts))" }.joined(separator: ", ") + "]") }
  return words.joined(separator: " ")
}

/// Names unchanged, unless they contain invisible characters.
private func shown(_ name: String) -> String { name.utf8.contains { $0 < 0x20 } ? name.debugDescription : name }

private func value(_ value: AttributeValue, _ texts: BatchTexts) -> String {
  switch value {
  case .string(let range): String(decoding: texts[range], as: UTF8.self).debugDescription
  case .integer(let number): "\(number)"
  case .double(let number): "\(number)d"
  case .bool(let flag): "\(flag)"
  case .json(let range): String(decoding: texts[range], as: UTF8.self)
  }
}

private func duration(_ nanos: Int64) -> String { nanos % 1_000_000 == 0 ? "\(nanos / 1_000_000)ms" : "\(nanos)ns" }

/// A line with `log_type` "trace", written `millis` after `base`.
func traceLine(_ fields: String, message: String = "m", level: String = "INFO", millis: Int = 0) -> String {
  let head = "\"timestamp\":\"2026-01-01T00:00:00.\(padded(millis))Z\",\"level\":\"\(level)\",\"target\":\"app\""
  return "{\(head),\"log_type\":\"trace\",\"message\":\"\(message)\",\"fields\":{\(fields)}}"
}

private func padded(_ millis: Int) -> String { String(String(1_000 + millis).dropFirst()) }

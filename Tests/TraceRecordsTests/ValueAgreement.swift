// Compares the scanner of whole values with jansson: what the scanner accepts must be the same value and give the same records. Shared with
// the fuzzer of `scripts/fuzz`, so `Testing` is not imported here.

import JSON

@testable import TraceRecords

/// Both readers of values, with the state that formats keep between values.
struct ValueAgreement {
  private var scanner = ValueScanner()
  private var decoder = FormatDecoder()
  private var reference = FormatDecoder(scansValues: false)
  private var got = RecordBatch()
  private var expected = RecordBatch()

  /// What is wrong with the scanner's result; nil if it is right.
  mutating func difference(_ value: [UInt8]) -> String? {
    value.withUnsafeBytes { bytes in treeDifference(bytes) ?? recordDifference(bytes) }
  }

  /// Whether the scanner accepts the value.
  mutating func takes(_ value: [UInt8]) -> Bool { value.withUnsafeBytes { scanner.read($0) { _ in true } ?? false } }

  private mutating func treeDifference(_ bytes: UnsafeRawBufferPointer) -> String? {
    let scanned = scanner.read(bytes) { root in root.withCompactText(undoing: []) { Array($0) } }
    guard let scanned else { return nil }
    guard let tree = try? JanssonTree(parsing: bytes) else { return "jansson refuses what was taken" }
    let parsed = text(of: tree)
    guard tree.repairs.isEmpty else { return "jansson takes it repaired only" }
    return scanned == parsed ? nil : "got \(String(decoding: scanned, as: UTF8.self)), expected \(String(decoding: parsed, as: UTF8.self))"
  }

  private func text(of tree: borrowing JanssonTree) -> [UInt8] { ValueNode(tree.root).withCompactText(undoing: []) { Array($0) } }

  private mutating func recordDifference(_ bytes: UnsafeRawBufferPointer) -> String? {
    let (one, other) = (outcome(of: &decoder, bytes, &got), outcome(of: &reference, bytes, &expected))
    defer {
      got.removeAll()
      expected.removeAll()
    }
    guard one == other else { return "got \(one), expected \(other)" }
    return batchDifference(got, expected, source: bytes)
  }

  /// Hands on the records that formats hold back.
  mutating func finish() -> String? {
    let (one, other) = (decoder.finish(into: &got), reference.finish(into: &expected))
    defer {
      got.removeAll()
      expected.removeAll()
    }
    guard one == other else { return "got \(one), expected \(other)" }
    return batchDifference(got, expected, source: UnsafeRawBufferPointer(start: nil, count: 0))
  }

  private func outcome(of decoder: inout FormatDecoder, _ bytes: UnsafeRawBufferPointer, _ batch: inout RecordBatch) -> String {
    batch = RecordBatch()
    let mark = batch.mark
    do throws(RecordError) {
      return "taken, \(try decoder.decode(bytes, offset: 0, into: &batch))"
    } catch {
      batch.rewind(to: mark)
      return "\(error)"
    }
  }
}

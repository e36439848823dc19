// How binary OTLP is checked: the same data as JSON and as protobuf, in records as text.

import Testing

@testable import JSON
@testable import TraceRecords

/// What one binary request gave.
struct BinaryReading: Equatable {
  var records: [String] = []
  var outcome = OTLPOutcome()
}

/// - Parameter slack: memory of just the size of the message, so that a sanitizer sees one byte more.
func read(protobuf bytes: [UInt8], _ signal: OTLPSignal = .traces, describing: Bool = true) -> BinaryReading {
  var reader = OTLPProtobuf()
  return read(protobuf: bytes, signal, by: &reader, describing: describing)
}

func read(protobuf bytes: [UInt8], _ signal: OTLPSignal, by reader: inout OTLPProtobuf, describing: Bool = true) -> BinaryReading {
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
  defer { memory.deallocate() }
  memory.copyBytes(from: bytes)
  var reading = BinaryReading()
  reading.outcome = reader.decode(UnsafeRawBufferPointer(memory), signal) { batch, texts in
    // Every range must lie somewhere, described or not.
    let told = describe(batch, texts)
    if describing { reading.records += told }
  }
  return reading
}

/// The values of a text: documents glued together or one a line.
func documents(_ bytes: [UInt8]) -> [JSONValue] {
  if let whole = try? bytes.withUnsafeBytes({ try JSONValue(parsing: $0) }) { return [whole] }
  return lines(bytes).compactMap { line in try? line.withUnsafeBytes { try JSONValue(parsing: $0) } }
}

/// One span of given members, as JSON and as protobuf: both must give the expected records, and nothing to tell beside them.
func checkBoth(_ span: String, _ expected: [String], at location: SourceLocation = #_sourceLocation) throws {
  try checkBoth(document: #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(span)]}]}]}"#, "traces", expected, at: location)
}

func checkBoth(document: String, _ message: String, _ expected: [String], at location: SourceLocation = #_sourceLocation) throws {
  let text = read(document + "\n")
  let binary = read(protobuf: try OTLPEncoder.encode(try JSONValue(parsing: document), as: message), message == "logs" ? .logs : .traces)
  for (what, records) in [("JSON", text.records), ("protobuf", binary.records)] {
    #expect(records == expected, "\(what): \(document)\n  expected \(expected)\n  got      \(records)", sourceLocation: location)
  }
  #expect(
    binary.outcome.unusableFields == text.statistics.unusableFields && binary.outcome.rejected == text.statistics.invalidRecords
      && binary.outcome.failure == nil, "\(document)\n  JSON     \(text.counters)\n  protobuf \(binary.outcome)", sourceLocation: location)
}

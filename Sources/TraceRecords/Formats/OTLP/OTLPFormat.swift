// OTLP/JSON as one of the supported formats.

import JSON

struct OTLPFormat: TraceFormat {
  static let name: StaticString = "otlp"

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    guard let node = root.jansson else { return nil }
    return try OTLPDecoder.decode(node, repairs: repairs, into: &batch)
  }

  var readsScannedValues: Bool { false }
}

// OTLP/JSON as one of the formats.

import JSON

struct OTLPFormat: TraceFormat {
  static let name: StaticString = "otlp"

  mutating func decode(_ tree: borrowing JanssonTree, into batch: inout RecordBatch) throws(RecordError) -> Bool {
    try OTLPDecoder.decode(tree, into: &batch)
  }
}

// Native records as one of the supported formats.

import JSON

struct NativeFormat: TraceFormat {
  static let name: StaticString = "native"

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    try NativeDecoder.decode(root, repairs: repairs, into: &batch)
  }

  var readsScannedValues: Bool { false }
}

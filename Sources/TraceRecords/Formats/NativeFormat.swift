// Native records as one of the formats.

import JSON

struct NativeFormat: TraceFormat {
  static let name: StaticString = "native"

  mutating func decode(_ tree: borrowing JanssonTree, into batch: inout RecordBatch) throws(RecordError) -> Bool {
    try NativeDecoder.decode(tree, into: &batch)
  }
}

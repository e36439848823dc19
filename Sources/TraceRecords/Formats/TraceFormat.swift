// The seam between JSON values and records: one format = one file behind this protocol and one row of `FormatRegistry`.

import JSON

/// One format of trace records: takes the JSON values that are its own.
///
/// What a value is must show in the value itself, by marks that no other format has: then the order in which formats are asked changes nothing.
protocol TraceFormat: Sendable {
  /// As `--format` and answers name it.
  static var name: StaticString { get }
  init()

  /// Takes one JSON value: a line of a pipe, a whole document, or the piece of a long document that still has the document's shape.
  /// - Returns: what there is to tell beside the records; nil where the value is not of this format: the next format is then asked.
  /// - Throws: `RecordError` where it is of this format and cannot be used; the caller rewinds the batch.
  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome?

  /// Whether values of this format may come from the scanner's tree instead of jansson's. Formats with a scanner of their own say no: what that one
  /// does not take is unusual.
  var readsScannedValues: Bool { get }

  /// Takes a value of which an object has two members of one name, both of which are in the tree. Formats that cannot tell which is meant leave it: they
  /// are then asked with the last one, as jansson has it.
  mutating func decodeTwins(_ root: ValueNode, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome?

  /// Whether values are told apart by the document that they stand in: then `endDocument` is called.
  static var hasDocuments: Bool { get }

  /// The document has ended to which the latest values belonged, one or all of its pieces. Nothing that its parts are called by means anything in the next.
  mutating func endDocument(into batch: inout RecordBatch) -> LineOutcome

  /// Hands on what was held back, because the source has ended or fell silent; more values may follow after a silence.
  mutating func finish(into batch: inout RecordBatch) -> LineOutcome

  /// Whether something is held back.
  var holdsRecords: Bool { get }
}

extension TraceFormat {
  /// The same for jansson's tree, which is borrowed so that it lives as long as somebody reads it.
  mutating func decode(_ tree: borrowing JanssonTree, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    try decode(ValueNode(tree.root), repairs: tree.repairs, into: &batch)
  }

  static var hasDocuments: Bool { false }
  mutating func endDocument(into batch: inout RecordBatch) -> LineOutcome { LineOutcome() }
  var holdsRecords: Bool { false }
  var readsScannedValues: Bool { true }

  mutating func decodeTwins(_ root: ValueNode, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? { nil }

  /// Most formats hold nothing back.
  mutating func finish(into batch: inout RecordBatch) -> LineOutcome { LineOutcome() }
}

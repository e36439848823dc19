// The interface between JSON values and records: a format is one file that conforms to this protocol, and one row in `FormatRegistry`.

import JSON

/// One format of trace records: decodes the JSON values that belong to it.
///
/// The value itself must show its format, by members that no other format has. Then the order in which formats are tried makes no
/// difference.
protocol TraceFormat: Sendable {
  /// Its name in `--format` and in answers.
  static var name: StaticString { get }
  init()

  /// Decodes one JSON value: a line of a pipe, a whole document, or a piece of a long document with the same structure.
  /// - Returns: what to report in addition to the records; nil if the value is not of this format, so that the next format is tried.
  /// - Throws: `RecordError` if it is of this format but cannot be used; the caller rewinds the batch.
  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome?

  /// Whether values of this format may come from the scanner's tree instead of jansson's. Formats with a scanner of their own return false:
  /// values that it does not accept are unusual.
  var readsScannedValues: Bool { get }

  /// Decodes a value in which an object has two members with the same name, both of which are in the tree. The default leaves it to
  /// `decode`, which gets only the last one, as in jansson.
  mutating func decodeTwins(_ root: ValueNode, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome?

  /// Whether the meaning of values depends on their document: then `endDocument` is called.
  static var hasDocuments: Bool { get }

  /// The document of the latest values has ended. Names and ids in it have no meaning in the next document.
  mutating func endDocument(into batch: inout RecordBatch) -> LineOutcome

  /// Hands on held records, because the source has ended or is silent. More values may follow after a silence.
  mutating func finish(into batch: inout RecordBatch) -> LineOutcome

  /// Whether records are held back.
  var holdsRecords: Bool { get }
}

extension TraceFormat {
  /// The same for jansson's tree, which is borrowed so that it lives while it is read.
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

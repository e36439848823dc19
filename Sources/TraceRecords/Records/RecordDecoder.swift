// The interface between bytes and records: decoders turn a line into records. JSON formats conform to `TraceFormat`.

package import JSON

/// Turns one line into records, as rows and byte ranges in the batch.
package protocol RecordDecoder: Sendable {
  /// Appends the records of one line to the batch.
  ///
  /// - Parameters:
  ///   - line: the line's bytes without its newline. They are in the read buffer, `offset` bytes from its start, so that a decoder may use
  ///     `TextRange(source:)` instead of copying.
  /// - Returns: what to report in addition to the records.
  /// - Throws: `RecordError`; the batch is then rewound by the caller.
  mutating func decode(_ line: UnsafeRawBufferPointer, offset: Int, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome

  /// Appends the held records of a document that has ended. Names and ids have no meaning in the next document.
  mutating func endDocument(into batch: inout RecordBatch) -> LineOutcome

  /// Appends held records, because the source has ended or is silent.
  mutating func finish(into batch: inout RecordBatch) -> LineOutcome

  /// Whether records are held back.
  var holdsRecords: Bool { get }
}

extension RecordDecoder {
  package var holdsRecords: Bool { false }

  package mutating func endDocument(into batch: inout RecordBatch) -> LineOutcome { LineOutcome() }

  /// Most decoders hold nothing back.
  package mutating func finish(into batch: inout RecordBatch) -> LineOutcome { LineOutcome() }
}

/// Why a line is not a record.
package enum RecordError: Error, Equatable, CustomStringConvertible {
  case json(JSONError)
  /// JSON, but not a record of a known format. The names help people to recognise the input.
  case unrecognised(String)
  case missing(field: String, kind: String)
  case invalid(field: String, kind: String, found: String)

  package var description: String {
    switch self {
    case .json(let error): error.description
    case .unrecognised(let what): "not a record of a known format (\(what))"
    case .missing(let field, let kind): "\(kind) without \(field)"
    case .invalid(let field, let kind, let found): "\(kind) with an unusable \(field): \(found)"
    }
  }
}

// The seam between bytes and records: what turns a line into records. Formats of JSON stand behind `TraceFormat`.

package import JSON

/// Turns one line into records. What it hands on are rows and byte ranges in the batch.
package protocol RecordDecoder: Sendable {
  /// Appends the records of one line to the batch.
  ///
  /// - Parameters:
  ///   - line: the line's bytes without its newline; they lie in the read buffer, `offset` bytes from its start, so that a decoder may
  ///     hand on `TextRange(source:)` instead of copying.
  /// - Returns: what there is to tell beside the records.
  /// - Throws: `RecordError`; the batch is then rewound by the caller.
  mutating func decode(_ line: UnsafeRawBufferPointer, offset: Int, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome

  /// Appends what was held back of a document: it has ended, and what follows is another, whatever names both give to their parts.
  mutating func endDocument(into batch: inout RecordBatch) -> LineOutcome

  /// Appends what was held back: the source has ended, or fell silent.
  mutating func finish(into batch: inout RecordBatch) -> LineOutcome

  /// Whether something is held back.
  var holdsRecords: Bool { get }
}

extension RecordDecoder {
  package var holdsRecords: Bool { false }

  package mutating func endDocument(into batch: inout RecordBatch) -> LineOutcome { LineOutcome() }

  /// Most decoders hold nothing back.
  package mutating func finish(into batch: inout RecordBatch) -> LineOutcome { LineOutcome() }
}

/// Why a line is no record.
package enum RecordError: Error, Equatable, CustomStringConvertible {
  case json(JSONError)
  /// JSON, but no record of a known format; the names tell people what came.
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

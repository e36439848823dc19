// Handles a piece of a document with an element that is not valid JSON, or not a record.

import JSON

enum PieceRepair {
  /// The piece without the elements that are not valid JSON by themselves, and those elements with their errors.
  /// - Complexity: O(bytes): every element is parsed once.
  static func withoutBadElements(
    _ piece: DocumentSplitter.Piece
  ) -> (piece: DocumentSplitter.Piece, bad: [(element: DocumentSplitter.Element, error: JSONError)]) {
    var result = DocumentSplitter.Piece()
    var bad: [(element: DocumentSplitter.Element, error: JSONError)] = []
    piece.bytes.withUnsafeBytes { bytes in
      var copied = 0
      for element in piece.elements {
        guard let error = PieceRepair.jsonError(UnsafeRawBufferPointer(rebasing: bytes[element.range])) else {
          result.bytes += bytes[copied..<element.range.lowerBound]
          var moved = element
          moved.range = result.bytes.count..<result.bytes.count + element.range.count
          result.bytes += bytes[element.range]
          result.elements.append(moved)
          copied = element.range.upperBound
          continue
        }
        bad.append((element, error))
        // Remove one of the adjacent commas together with it.
        let (start, end) = (element.range.lowerBound, element.range.upperBound)
        let hasComma = start > copied && bytes[start - 1] == UInt8(ascii: ",")
        result.bytes += bytes[copied..<(hasComma ? start - 1 : start)]
        copied = !hasComma && end < bytes.count && bytes[end] == UInt8(ascii: ",") ? end + 1 : end
      }
      result.bytes += bytes[copied...]
    }
    return (result, bad)
  }

  /// The JSON error of a text, if it has one.
  static func jsonError(_ bytes: UnsafeRawBufferPointer) -> JSONError? {
    do {
      _ = try JanssonTree(parsing: bytes, limits: JSONLimits(maxBytes: .max), repair: .text)
      return nil
    } catch { return error }
  }
}

/// An element that was valid JSON but not a record.
struct SkippedElement {
  var place: DocumentSplitter.Place
  var index: Int
  var count: UInt64
  var error: RecordError
  /// `{}` or `null`: nothing was lost.
  var isEmpty: Bool
}

enum ElementSearch {
  /// Above this size elements are not decoded a second time, and are reported without their position.
  private static let maxBytes = 4 << 20

  /// Finds the elements of a value that a decoder skips.
  /// - Parameters:
  ///   - first: the decoder's error for the first one.
  ///   - elements: their positions in the input; nil if the value is unchanged in the input, from `place` on.
  static func skipped(
    in value: UnsafeRawBufferPointer, _ elements: [DocumentSplitter.Element]?, first: RecordError, format: String?,
    at place: DocumentSplitter.Place
  ) -> [SkippedElement] {
    var splitter = DocumentSplitter(pieceBytes: 0, maxValueBytes: .max)
    var decoder = FormatDecoder(limits: JSONLimits(maxBytes: .max), only: format, scansValues: false)
    var found: [SkippedElement] = []
    var (at, read, number) = (0, 0, 0)
    while at < value.count, read < maxBytes {
      let (end, event) = splitter.take(value, from: at, at: place)
      at = end
      guard event == .piece else { break }
      guard let part = splitter.takePiece() else { continue }
      guard let element = part.elements.first else { continue }
      read += part.bytes.count
      let own = elements.flatMap { number < $0.count ? $0[number] : nil } ?? element
      number += 1
      var batch = RecordBatch()
      let outcome: LineOutcome
      do throws(RecordError) {
        outcome = try part.bytes.withUnsafeBytes { bytes in
          Result { () throws(RecordError) in try decoder.decode(bytes, offset: 0, into: &batch) }
        }.get()
      } catch {
        var failed = LineOutcome()
        failed.skip(error)
        outcome = failed
      }
      // By itself the element may not be recognised as any format; in its list it was skipped because of a missing member.
      guard var error = outcome.firstSkipped ?? outcome.firstUnrecognised else { continue }
      if case .unrecognised = error, found.isEmpty { error = first }
      let text = part.bytes[element.range].filter { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
      found.append(
        SkippedElement(
          place: own.place, index: own.index, count: max(1, outcome.skippedRecords), error: error,
          isEmpty: text == Array("{}".utf8) || text == Array("null".utf8)))
    }
    return found
  }
}

// A file of unknown kind: its beginning says whether it holds lines or documents.

import JSON
import Platform

/// The reader's side of a file or standard input: decides by content, never by name, and reads on as `RecordStream` or `DocumentStream`.
package struct FileStream: Sendable {
  private enum Reader: Sendable {
    case undecided([UInt8])
    case lines(RecordStream)
    case documents(DocumentStream)
  }

  /// A first line that goes on beyond it is read as a document.
  static let sniffedBytes = 1 << 20

  private var reader = Reader.undecided([])
  private let maxLineBytes: Int
  private let format: String?

  /// - Parameter format: the name of the one format to read; nil reads all.
  package init(maxLineBytes: Int = RecordStream.defaultMaxLineBytes, format: String? = nil) {
    self.maxLineBytes = maxLineBytes
    self.format = format
  }

  package var statistics: IngestStatistics {
    switch reader {
    case .undecided: IngestStatistics()
    case .lines(let stream): stream.statistics
    case .documents(let stream): stream.statistics
    }
  }

  package var problems: [IngestProblem] {
    switch reader {
    case .undecided: []
    case .lines(let stream): stream.problems
    case .documents(let stream): stream.problems
    }
  }

  package mutating func feed(_ chunk: UnsafeRawBufferPointer, sink: (RecordBatch, BatchTexts) -> Void) {
    switch reader {
    case .undecided(var bytes):
      reader = .undecided([])
      bytes += chunk
      guard let isLines = FileStream.holdsLines(bytes, atEnd: false) else {
        reader = .undecided(bytes)
        return
      }
      begin(isLines: isLines)
      bytes.withUnsafeBytes { feed($0, sink: sink) }
    case .lines(var stream):
      reader = .undecided([])
      stream.feed(chunk, sink: sink)
      reader = .lines(stream)
    case .documents(var stream):
      reader = .undecided([])
      stream.feed(chunk, sink: sink)
      reader = .documents(stream)
    }
  }

  package mutating func finish(sink: (RecordBatch, BatchTexts) -> Void) {
    switch reader {
    case .undecided(let bytes):
      begin(isLines: FileStream.holdsLines(bytes, atEnd: true) ?? true)
      bytes.withUnsafeBytes { feed($0, sink: sink) }
      finish(sink: sink)
    case .lines(var stream):
      reader = .undecided([])
      stream.finish(sink: sink)
      reader = .lines(stream)
    case .documents(var stream):
      reader = .undecided([])
      stream.finish(sink: sink)
      reader = .documents(stream)
    }
  }

  private mutating func begin(isLines: Bool) {
    guard isLines else {
      reader = .documents(DocumentStream(format: format, maxValueBytes: maxLineBytes))
      return
    }
    let decoder = format.map { FormatDecoder(limits: JSONLimits(maxBytes: maxLineBytes), only: $0) }
    reader = .lines(RecordStream(decoder: decoder, maxLineBytes: maxLineBytes))
  }

  /// Whether the first line that is not blank is something by itself; nil while that is not seen. A line that opens brackets or lasts longer than
  /// what is looked at begins a document.
  static func holdsLines(_ bytes: [UInt8], atEnd: Bool) -> Bool? {
    let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF]
    guard let start = bytes.firstIndex(where: { !blanks.contains($0) }) else { return bytes.count < sniffedBytes && !atEnd ? nil : true }
    guard bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[") else { return true }
    let newline = bytes[start...].prefix(sniffedBytes).firstIndex(of: 0x0A)
    guard newline != nil || atEnd || bytes.count - start >= sniffedBytes else { return nil }
    let end = newline ?? bytes.count
    var scan = ValueScan(first: bytes[start], isName: false, start: 0)
    return bytes.withUnsafeBytes { all in
      let line = UnsafeRawBufferPointer(rebasing: all[start + 1..<end])
      return switch scan.scan(line, from: 0).outcome {
      case .whole: true
      // A line that ends inside a string is a torn one.
      case .open: newline != nil && scan.isInText
      case .torn: true
      }
    }
  }
}

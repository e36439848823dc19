// The reading side of the manager's tests: a FIFO, and its lines decoded with the server's decoder.

import Platform
import Testing

@testable import TraceLayers
@testable import TraceRecords

final class TestPipe {
  let directory: String
  var path: String { directory + "/p.pipe" }
  fileprivate var reader: Int32 = -1
  private var buffered: [UInt8] = []

  init() throws {
    var template = Array("/tmp/trace-layers-test-XXXXXX".utf8CString)
    directory = String(cString: try #require(mkdtemp(&template)))
    mkfifo(path, 0o600)
  }

  deinit {
    closeReader()
    unlink(path)
    rmdir(directory)
  }

  func openReader() { reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) }

  func closeReader() {
    if reader >= 0 { close(reader) }
    reader = -1
  }

  /// Reads until that many complete lines have arrived, at most 20 s. Returns all that arrived.
  func lines(_ count: Int) throws -> [String] {
    var found: [String] = []
    var piece = [UInt8](repeating: 0, count: 256 << 10)
    let deadline = MonotonicClock.nanos + 20_000_000_000
    while found.count < count, MonotonicClock.nanos < deadline {
      let got = read(reader, &piece, piece.count)
      if got > 0 {
        buffered += piece[..<got]
        while let newline = buffered.firstIndex(of: 0x0A) {
          found.append(String(decoding: buffered[..<newline], as: UTF8.self))
          buffered.removeFirst(newline + 1)
        }
      } else {
        var entry = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        // Without a writer poll reports POLLHUP at once: pause for a millisecond, so that this does not spin.
        if poll(&entry, 1, 100) != 1 || Int32(entry.revents) & POLLIN == 0 { usleep(1_000) }
      }
    }
    try #require(found.count >= count, "\(found.count) of \(count) lines came")
    return found
  }
}

extension TestPipe {
  /// Everything written, once the other end is closed: at most 64 KiB, the size of a pipe.
  func linesToTheEnd() throws -> [String] {
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    var used = 0
    while used < bytes.count {
      var entry = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
      try #require(poll(&entry, 1, 20_000) == 1, "the pipe stays open")
      let count = bytes.withUnsafeMutableBytes { read(reader, $0.baseAddress! + used, $0.count - used) }
      guard count > 0 else { break }
      used += count
    }
    return String(decoding: bytes[..<used], as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

/// The kinds, numbers and gaps of lines: `session`, `#1`, `gap 3-7`.
func outline(_ lines: [String]) -> [String] {
  var result: [String] = []
  var stream = RecordStream()
  let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
  bytes.withUnsafeBytes {
    stream.feed($0) { batch, _ in
      for record in batch.records {
        switch record.kind {
        case .session: result.append("session")
        case .gap: result.append("gap \(record.gapFirst)-\(record.gapLast) of \(record.gapCount)")
        default: result.append("#\(record.sequence)")
        }
      }
    }
  }
  if stream.statistics.lost > 0 { result.append("lost \(stream.problems)") }
  return result
}

extension NamedPipeLogManager {
  /// Sends a module record of about the given length.
  func send(_ text: String, padding: Int = 0) {
    let line =
      "{\"timestamp\":\"2026-11-23T10:00:00Z\",\"level\":\"INFO\",\"target\":\"t\",\"log_type\":\"module\",\"message\":\"\(text)\",\"fields\":{\"x\":{\"pad\":\"\(String(repeating: "x", count: padding))\"}}}"
    // The contract of transports: the text ends with the braces of `fields` and of the record.
    Array(line.utf8).withUnsafeBytes { send($0) }
  }
}

extension PipeStatistics {
  var isBalanced: Bool {
    accepted == delivered + droppedFull + droppedOversize + droppedShutdown + inFlight && accepted >= delivered + dropped
  }
}

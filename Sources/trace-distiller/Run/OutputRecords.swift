// The program's own standard output as a source of records: lines that are records go to the store, everything else goes on unchanged.

import Platform
import Synchronization
import TraceContextServer
import TraceDistiller
import TraceRecords

final class OutputRecords: Sendable {
  /// Becomes the program's standard output.
  let writer: Int32
  private let reader: Int32
  private let store: SharedTraceStore
  private let source: SourceID
  private let result = Mutex(IngestStatistics())
  private let stream: Mutex<RecordStream>
  private let isOver = Atomic<Bool>(false)
  private let alarm = Alarm()

  init(store: SharedTraceStore, source: SourceID, maxLineBytes: Int) {
    var ends: [Int32] = [-1, -1]
    pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reader, writer) = (ends[0], ends[1])
    self.store = store
    self.source = source
    stream = Mutex(RecordStream(maxLineBytes: maxLineBytes))
  }

  var report: SourceReport {
    SourceReport(kind: "file", path: "standard output", state: "ended", statistics: result.withLock { $0 })
  }

  /// Called once the program has its end of the pipe.
  func start() {
    close(writer)
    do {
      try SystemThread.start { [self] in
        run()
        isOver.store(true, ordering: .releasing)
        alarm.ring()
      }
    } catch {
      tell("\(error): the program's output is not read")
      close(reader)
      isOver.store(true, ordering: .releasing)
    }
  }

  /// Waits until the program and its children have closed their output.
  func finish(by deadline: Int64) {
    while !isOver.load(ordering: .acquiring) {
      let left = deadline - MonotonicClock.nanos
      guard left > 0 else { return }
      alarm.sleep(nanos: left)
    }
  }

  private func run() {
    var splitter = OutputSplitter()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      // What may become a value waits for its rest a moment, a prompt without a newline does not wait.
      var entry = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
      if splitter.holds, poll(&entry, 1, 200) == 0 {
        splitter.release(write)
        continue
      }
      switch FileDescriptors.read(reader, into: buffer) {
      case .bytes(let count): splitter.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]), take, write)
      case .nothing: continue
      case .endOfInput, .failed:
        splitter.release(write)
        finishStream()
        return
      }
    }
  }

  /// Whether a value is a record, or is read over on purpose as records are: then it is taken.
  private func take(_ value: [UInt8]) -> Bool {
    let now = MonotonicClock.nanos
    return stream.withLock { stream in
      let before = stream.statistics
      value.withUnsafeBytes { stream.feed($0) { store.apply($0, $1, source: source, now: now) } }
      let after = stream.statistics
      let foreign = after.otherLines + after.unrecognisedLines + after.malformedLines
      let isTaken = foreign == before.otherLines + before.unrecognisedLines + before.malformedLines
      // What goes on to the terminal is not counted: it never was a record.
      result.withLock { $0 = after }
      return isTaken
    }
  }

  private func finishStream() {
    let now = MonotonicClock.nanos
    stream.withLock { stream in
      stream.finish { store.apply($0, $1, source: source, now: now) }
      result.withLock { $0 = stream.statistics }
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Platform.write(STDOUT_FILENO, rest.baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        // Nobody reads: the program is told by its own writes no more, and goes on.
        return
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }
}

/// Parts output into what may be a value, which begins a line with a bracket and ends with the line in which its brackets close, and everything else.
struct OutputSplitter {
  /// A value that has not ended, or the beginning of a line.
  private var held: [UInt8] = []
  private var depth = 0
  private var quote: UInt8 = 0
  private var isEscaped = false
  /// The rest of the line is no value.
  private var isPlain = false
  private static let maxHeld = 4 << 20

  var holds: Bool { !held.isEmpty }

  /// - Parameters:
  ///   - take: gets a whole value with its newline; false where it is none of ours.
  ///   - pass: gets everything else, in order.
  mutating func feed(_ bytes: UnsafeRawBufferPointer, _ take: ([UInt8]) -> Bool, _ pass: (UnsafeRawBufferPointer) -> Void) {
    var start = 0
    while start < bytes.count {
      let newline = bytes[start...].firstIndex(of: 0x0A)
      let end = newline.map { $0 + 1 } ?? bytes.count
      let part = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      start = end
      if held.isEmpty, isPlain || !OutputSplitter.opensValue(part) {
        isPlain = newline == nil
        pass(part)
        continue
      }
      held.append(contentsOf: part)
      scan(part)
      if held.count > Self.maxHeld {
        release(pass)
        isPlain = newline == nil
      } else if newline != nil, depth <= 0 {
        let value = held
        reset()
        if !take(value) { value.withUnsafeBytes { pass($0) } }
      }
    }
  }

  /// Hands on what waits for its end.
  mutating func release(_ pass: (UnsafeRawBufferPointer) -> Void) {
    let value = held
    let endsLine = value.last == 0x0A
    reset()
    isPlain = !endsLine && !value.isEmpty
    value.withUnsafeBytes { pass($0) }
  }

  private mutating func reset() {
    held = []
    (depth, quote, isEscaped, isPlain) = (0, 0, false, false)
  }

  private static func opensValue(_ part: UnsafeRawBufferPointer) -> Bool {
    guard let first = part.first(where: { $0 != 0x20 && $0 != 0x09 }) else { return false }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }

  /// Counts brackets outside of texts; of three kinds, since console exporters of JavaScript print objects as they are written there.
  private mutating func scan(_ part: UnsafeRawBufferPointer) {
    for byte in part {
      if isEscaped {
        isEscaped = false
      } else if quote != 0 {
        if byte == UInt8(ascii: "\\") { isEscaped = true } else if byte == quote { quote = 0 }
      } else {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): quote = byte
        default: break
        }
      }
    }
  }
}

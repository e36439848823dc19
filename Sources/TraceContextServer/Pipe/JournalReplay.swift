// Reads the journals that producers wrote beside the pipe. Each record reaches the store once, and a segment is deleted when all its
// records are there.

import Platform
import TraceDistiller
import TraceRecords

/// Checks `<pipe>.journal/` from time to time, on the thread that reads the pipe. (producer, sequence number) shows which records the pipe
/// has already brought.
///
/// While the pipe brings everything, a check costs a few system calls per segment: only the numbers in its first and last line are
/// compared.
struct JournalReplay {
  /// How far one segment has been read.
  private struct Progress {
    var offset = 0
    var lines: UInt64 = 0
    var hasDamage = false
    /// The lowest number in the first line.
    var first: UInt64?
    /// The last number that was missing at an earlier check. The pipe may still bring it.
    var awaited: UInt64?
  }

  private let directory: String
  private let store: SharedTraceStore
  private let source: SourceID
  private let maxLineBytes: Int
  private var stream: RecordStream
  private var progress: [String: Progress] = [:]
  private var isFirstLook = true
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
  private var ownCounts = IngestStatistics()
  private var ownProblems: [IngestProblem] = []
  private var taken = JournalTaken()
  private var hasAskedForLeft = false
  /// Whether a journal exists; nothing is reported until one does.
  private(set) var exists = false
  /// Why the directory cannot be read.
  private(set) var refusal: String?

  init(pipe: String, store: SharedTraceStore, source: SourceID, maxLineBytes: Int) {
    directory = JournalPlace.directory(ofPipe: pipe)
    self.store = store
    self.source = source
    self.maxLineBytes = maxLineBytes
    stream = RecordStream(maxLineBytes: maxLineBytes)
  }

  /// The entry in `server/status`; nil if there never was a journal.
  var status: SourceReport? {
    guard exists || refusal != nil else { return nil }
    var statistics = stream.statistics
    statistics.lines += ownCounts.lines
    statistics.bytes += ownCounts.bytes
    statistics.corruptLines = ownCounts.corruptLines
    statistics.tornLines += ownCounts.tornLines
    return SourceReport(
      kind: "journal", path: directory, state: refusal == nil ? "reading" : "unavailable", message: refusal, statistics: statistics,
      problems: (ownProblems + stream.problems).suffix(RecordStream.maxProblems).map(\.withoutSecrets))
  }

  /// Reads new lines, about `budget` bytes at most.
  /// - Returns: Whether more can be read at once.
  mutating func look(now: Int64, budget: Int) -> Bool {
    guard let folder = openDirectory() else { return false }
    defer { close(folder) }
    let segments = list(folder)
    if !hasAskedForLeft { tellLeft(JournalTaken.takeLeft(in: folder), Set(segments.map(\.producer))) }
    hasAskedForLeft = true
    var left = budget
    for (producer, numbers) in segments {
      for (index, number) in numbers.enumerated() {
        let name = JournalPlace.fileName(producer: producer, number: number)
        left -= take(name, of: producer, in: folder, isNewest: index == numbers.count - 1, budget: left, now: now)
        if left <= 0 { return true }
      }
    }
    isFirstLook = false
    return false
  }

  /// A server before this one was killed, and had read what no segment holds any more. Of programs that go on, those records are missing here.
  private mutating func tellLeft(_ entries: [JournalTaken.Entry], _ living: Set<String>) {
    for entry in entries {
      let (range, whom) = (entry.range, VisibleText.make(entry.producer, limit: 80))
      note(
        "records \(range.lowerBound) to \(range.upperBound) of \(whom) were in a server that was killed; their segments are gone",
        Progress())
      guard living.contains(entry.producer) else { continue }
      var name = entry.producer
      name.withUTF8 { bytes in
        let producer = UnsafeRawBufferPointer(bytes)
        store.withLock { $0.announce(unread: range, ofProducer: producer) }
      }
    }
  }

  // MARK: The directory

  private mutating func openDirectory() -> Int32? {
    let folder = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else {
      refusal = errno == ENOENT ? nil : String(cString: strerror(errno))
      return nil
    }
    var status = stat()
    guard fstat(folder, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
      refusal = "belongs to another user, or others may write to it"
      close(folder)
      return nil
    }
    exists = true
    refusal = nil
    return folder
  }

  /// Segments by producer, in order. Files with other names are ignored.
  private mutating func list(_ folder: Int32) -> [(producer: String, numbers: [Int])] {
    let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0, let entries = fdopendir(copy) else { return [] }
    defer { closedir(entries) }
    var found: [String: [Int]] = [:]
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if let (producer, number) = JournalPlace.parse(name) { found[producer, default: []].append(number) }
    }
    progress = progress.filter { name, _ in JournalPlace.parse(name).map { found[$0.producer]?.contains($0.number) ?? false } ?? false }
    return found.map { ($0.key, $0.value.sorted()) }.sorted { $0.producer < $1.producer }
  }

  // MARK: One segment

  /// Returns the number of bytes read.
  private mutating func take(_ name: String, of producer: String, in folder: Int32, isNewest: Bool, budget: Int, now: Int64) -> Int {
    // Non-blocking, because the path may be a FIFO.
    let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return 0 }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else { return 0 }
    // The producer locks its newest segment while it lives. An older segment is locked only while it is being deleted.
    let isLocked = flock(file, (isNewest ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0
    guard isLocked || isNewest else { return 0 }
    var state = progress[name] ?? Progress()
    defer { progress[name] = state }
    let size = Int(status.st_size)
    if size > state.offset {
      guard isLocked || mustRead(file, size, producer, &state) else { return 0 }
      if !holdsAll(file, size, producer, &state) {
        let (read, isAtEnd) = read(file, size, producer, &state, budget: budget, now: now)
        if !isAtEnd { return read }
      }
    }
    if isLocked {
      if let first = firstNumber(file, &state), let last = lastNumber(file, size)?.number, first <= last {
        taken.add(first...last, of: producer, in: folder)
      }
      end(name, in: folder, size, &state)
    }
    return 0
  }

  /// Whether a segment that is still being written must be read: numbers that were missing at an earlier check are still missing.
  private mutating func mustRead(_ file: Int32, _ size: Int, _ producer: String, _ state: inout Progress) -> Bool {
    guard !isFirstLook, let last = lastNumber(file, size)?.number, let first = firstNumber(file, &state) else { return true }
    let held = sequences(of: producer)
    if let awaited = state.awaited, awaited >= first, !held.contains(first...awaited) { return true }
    state.awaited = last
    return false
  }

  /// Whether the store has every number of a segment. Then nothing up to its last complete line has to be read.
  private func holdsAll(_ file: Int32, _ size: Int, _ producer: String, _ state: inout Progress) -> Bool {
    guard let (last, end) = lastNumber(file, size), let first = firstNumber(file, &state), first <= last,
      sequences(of: producer).contains(first...last)
    else { return false }
    state.offset = max(state.offset, end)
    return true
  }

  private func sequences(of producer: String) -> SequenceSet {
    var producer = producer
    return producer.withUTF8 { bytes in
      let name = UnsafeRawBufferPointer(bytes)
      return store.withLock { $0.sequences(ofProducer: name) } ?? SequenceSet()
    }
  }

  private func firstNumber(_ file: Int32, _ state: inout Progress) -> UInt64? {
    if let first = state.first { return first }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = pread(file, &bytes, bytes.count, 0)
    guard count > 0, let newline = bytes[..<count].firstIndex(of: 0x0A) else { return nil }
    state.first = bytes.withUnsafeBytes { JournalLine.numbers(of: UnsafeRawBufferPointer(rebasing: $0[..<newline])) }?.range.lowerBound
    return state.first
  }

  /// The highest number in the last complete line, and the offset where that line ends.
  private func lastNumber(_ file: Int32, _ size: Int) -> (number: UInt64, end: Int)? {
    var bytes = [UInt8](repeating: 0, count: min(size, 16_384))
    let start = size - bytes.count
    let count = pread(file, &bytes, bytes.count, off_t(start))
    guard count > 0, let end = bytes[..<count].lastIndex(of: 0x0A) else { return nil }
    let begin = bytes[..<end].lastIndex(of: 0x0A).map { $0 + 1 } ?? (start == 0 ? 0 : end)
    let numbers = bytes.withUnsafeBytes { JournalLine.numbers(of: UnsafeRawBufferPointer(rebasing: $0[begin..<end])) }
    return numbers.map { ($0.range.upperBound, start + end + 1) }
  }

  /// Reads complete lines from where reading stopped.
  private mutating func read(_ file: Int32, _ size: Int, _ producer: String, _ state: inout Progress, budget: Int, now: Int64) -> (
    read: Int, isAtEnd: Bool
  ) {
    var total = 0
    while total < budget {
      let count = pread(file, buffer.baseAddress, buffer.count, off_t(state.offset))
      guard count > 0 else { return (total, true) }
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      guard let last = bytes.lastIndex(of: 0x0A) else {
        if count < buffer.count { return (total, true) }
        if buffer.count >= maxLineBytes {
          // Our writer never writes such a line.
          noteCorrupt(&state, "a line of a journal longer than \(maxLineBytes) bytes")
          state.offset += count
          total += count
        } else {
          grow()
        }
        continue
      }
      takeLines(UnsafeRawBufferPointer(rebasing: bytes[...last]), producer, &state, now: now)
      state.offset += last + 1
      total += last + 1
    }
    return (total, state.offset >= size)
  }

  private mutating func grow() {
    let count = buffer.count * 2
    buffer.deallocate()
    buffer = .allocate(byteCount: count, alignment: 64)
  }

  /// Passes the lines that the store does not have to it, as runs of consecutive lines.
  private mutating func takeLines(_ bytes: UnsafeRawBufferPointer, _ producer: String, _ state: inout Progress, now: Int64) {
    let held = sequences(of: producer)
    var runStart = 0
    var start = 0
    let lostBefore = stream.statistics.lost + ownCounts.lost
    while start < bytes.count, let found = memchr(bytes.baseAddress! + start, 0x0A, bytes.count - start) {
      let end = UnsafeRawPointer(found) - bytes.baseAddress!
      let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      let isIntact = JournalLine.isIntact(line)
      if !isIntact { noteCorrupt(&state, "a line of a journal whose checksum does not hold") }
      if !isIntact || JournalLine.numbers(of: line).map({ held.contains($0.range) }) ?? false {
        feed(bytes, runStart..<start, now)
        ownCounts.lines += 1
        ownCounts.bytes += UInt64(line.count + 1)
        runStart = end + 1
      }
      state.lines += 1
      start = end + 1
    }
    feed(bytes, runStart..<start, now)
    let lost = stream.statistics.lost + ownCounts.lost - lostBefore
    if lost > 0 { store.withLock { $0.count(lostLines: lost) } }
  }

  private mutating func feed(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ now: Int64) {
    guard !range.isEmpty else { return }
    let (store, source) = (store, source)
    stream.feed(UnsafeRawBufferPointer(rebasing: bytes[range])) { store.apply($0, $1, source: source, now: now) }
  }

  private mutating func noteCorrupt(_ state: inout Progress, _ reason: String) {
    ownCounts.corruptLines += 1
    state.hasDamage = true
    note(reason, state)
  }

  private mutating func note(_ reason: String, _ state: Progress) {
    if ownProblems.count == RecordStream.maxProblems { ownProblems.removeFirst() }
    ownProblems.append(IngestProblem(line: state.lines + 1, byteOffset: UInt64(state.offset), reason: reason))
  }

  // MARK: The end of a segment

  /// Removes a segment that is no longer written and whose lines were all read. A damaged one is kept for people; at most eight of them.
  private mutating func end(_ name: String, in folder: Int32, _ size: Int, _ state: inout Progress) {
    if size > state.offset {
      // The writer died while writing: that record was never committed.
      ownCounts.tornLines += 1
      note("the last line of a journal's segment is cut", state)
      store.withLock { $0.count(lostLines: 1) }
    }
    for place in 1...8 where state.hasDamage {
      // Unlike rename, link does not replace an existing file.
      if linkat(folder, name, folder, "\(place).damaged", 0) == 0 { break }
    }
    unlinkat(folder, name, 0)
  }
}

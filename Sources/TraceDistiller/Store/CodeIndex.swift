// Maps source locations to the traces that ran through them, for editors that show this beside a line. Counts cover the kept traces.

/// The use of one source location.
package struct CodeLocationUse: Sendable, Equatable {
  package var location: CodeLocation
  /// The number of spans in kept traces, including spans that were folded to save memory.
  package var spans: Int
  package var failures: Int
  package var traceCount: Int
  /// Handles of traces with such spans, the newest first.
  package var traces: [String]
}

/// The source locations of all live traces.
struct CodeIndex: Sendable {
  /// A trace with spans at a location: its slot, and the location's number in the trace.
  struct Member: Sendable, BitwiseCopyable {
    var slot: Int32
    var place: UInt32
  }

  struct Entry: Sendable {
    var file: Int
    var positionInFile: Int
    var spans = 0
    var failures = 0
    var members: [Member] = []
  }

  private var keys = ByteTable()
  private(set) var entries: [Entry] = []
  private var fileNames = ByteTable()
  /// The numbers of entries, by file.
  private var entriesOfFile: [[Int32]] = []
  /// The memory of the lists in entries and files.
  private var listBytes = 0

  var isEmpty: Bool { keys.count == 0 }
  var fileCount: Int { fileNames.count }

  var allocatedBytes: Int {
    keys.allocatedBytes + fileNames.allocatedBytes + listBytes + HeapBytes.ofArray(entries.capacity * MemoryLayout<Entry>.stride)
      + HeapBytes.ofArray(entriesOfFile.capacity * 8)
  }

  subscript(number: UInt32) -> Entry { entries[Int(number)] }

  /// The number of a location. The key consists of its file, line and function.
  mutating func number(_ key: [UInt8], file: UnsafeRawBufferPointer) -> UInt32 {
    let (number, isNew) = key.withUnsafeBytes { keys.insert($0) }
    guard isNew else { return UInt32(number) }
    let (fileNumber, isNewFile) = fileNames.insert(file)
    if isNewFile, fileNumber == entriesOfFile.count { entriesOfFile.append([]) }
    let entry = Entry(file: fileNumber, positionInFile: entriesOfFile[fileNumber].count)
    if number == entries.count { entries.append(entry) } else { entries[number] = entry }
    change(file: fileNumber) { $0.append(Int32(number)) }
    return UInt32(number)
  }

  /// Adds a trace to a location. - Returns: its index among the location's traces.
  mutating func add(_ member: Member, to number: UInt32) -> UInt32 {
    change(number) { $0.append(member) }
    return UInt32(entries[Int(number)].members.count - 1)
  }

  mutating func count(spans: Int, failures: Int, at number: UInt32) {
    entries[Int(number)].spans += spans
    entries[Int(number)].failures += failures
  }

  /// Removes a trace from a location. - Returns: the trace that moved to its index, if one did.
  mutating func remove(position: UInt32, from number: UInt32) -> Member? {
    var moved: Member?
    change(number) { members in
      let last = members.removeLast()
      guard Int(position) < members.count else { return }
      members[Int(position)] = last
      moved = last
    }
    if entries[Int(number)].members.isEmpty { forget(number) }
    return moved
  }

  /// Removes a location without traces.
  private mutating func forget(_ number: UInt32) {
    let entry = entries[Int(number)]
    change(file: entry.file) { list in
      let last = list.removeLast()
      if entry.positionInFile < list.count { list[entry.positionInFile] = last }
    }
    if entry.positionInFile < entriesOfFile[entry.file].count {
      entries[Int(entriesOfFile[entry.file][entry.positionInFile])].positionInFile = entry.positionInFile
    }
    keys.remove(row: Int(number))
    listBytes -= CodeIndex.bytes(entry.members)
    entries[Int(number)].members = []
    if entriesOfFile[entry.file].isEmpty {
      fileNames.remove(row: entry.file)
      change(file: entry.file) { $0 = [] }
    }
  }

  private mutating func change(_ number: UInt32, _ body: (inout [Member]) -> Void) {
    let before = CodeIndex.bytes(entries[Int(number)].members)
    body(&entries[Int(number)].members)
    listBytes += CodeIndex.bytes(entries[Int(number)].members) - before
  }

  private mutating func change(file: Int, _ body: (inout [Int32]) -> Void) {
    let before = HeapBytes.ofArray(entriesOfFile[file].capacity * 4)
    body(&entriesOfFile[file])
    listBytes += HeapBytes.ofArray(entriesOfFile[file].capacity * 4) - before
  }

  private static func bytes(_ members: [Member]) -> Int { HeapBytes.ofArray(members.capacity * MemoryLayout<Member>.stride) }

  /// The numbers of the locations in files whose path ends with the given path, or the other way round, comparing whole components.
  /// - Complexity: O(files + locations found).
  func numbers(inFile path: [UInt8]) -> [UInt32] {
    var found: [UInt32] = []
    for file in entriesOfFile.indices where !entriesOfFile[file].isEmpty && CodeIndex.isSame(fileNames[file], path) {
      found += entriesOfFile[file].map { UInt32($0) }
    }
    return found
  }

  /// The files as they were recorded.
  var files: [String] {
    entriesOfFile.indices.lazy.filter { !entriesOfFile[$0].isEmpty }.map { String(decoding: fileNames[$0], as: UTF8.self) }
  }

  /// The slots of traces that ran through a file, each once; of a location with thousands of traces the latest that were added.
  func slots(throughFile path: String, atMost most: Int) -> Set<Int> {
    var slots: Set<Int> = []
    guard let file = Array(path.utf8).withUnsafeBytes({ fileNames.find($0) }), entriesOfFile.indices.contains(file) else { return slots }
    for entry in entriesOfFile[file] { for member in entries[Int(entry)].members.suffix(most) { slots.insert(Int(member.slot)) } }
    return slots
  }

  private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    let (short, long) = left.count <= right.count ? (left, right) : (right, left)
    guard !short.isEmpty, long.suffix(short.count).elementsEqual(short) else { return false }
    return long.count == short.count || isSeparator(short[0]) || isSeparator(long[long.count - short.count - 1])
  }

  private static func isSeparator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") }
}

extension TraceDistillerStore {
  /// Updates the index with the source locations that records of a trace named.
  mutating func indexPlaces(of slot: Int) {
    for place in slots[slot]!.storage.places.touched {
      var known = slots[slot]!.storage.places[place]
      if known.indexNumber == .max {
        let (key, file) = slots[slot]!.storage.indexKey(known)
        known.indexNumber = file.withUnsafeBytes { codeIndex.number(key, file: $0) }
        known.indexPosition = codeIndex.add(CodeIndex.Member(slot: Int32(slot), place: place), to: known.indexNumber)
      }
      codeIndex.count(
        spans: Int(known.spans) - Int(known.indexedSpans), failures: Int(known.failures) - Int(known.indexedFailures), at: known.indexNumber
      )
      (known.indexedSpans, known.indexedFailures) = (known.spans, known.failures)
      slots[slot]!.storage.places[place] = known
    }
    slots[slot]!.storage.places.settle()
  }

  /// Removes a trace that is being evicted from the index.
  mutating func unindexPlaces(of slot: Int) {
    for known in slots[slot]!.storage.places.all where known.indexNumber != .max {
      codeIndex.count(spans: -Int(known.indexedSpans), failures: -Int(known.indexedFailures), at: known.indexNumber)
      guard let moved = codeIndex.remove(position: known.indexPosition, from: known.indexNumber) else { continue }
      slots[Int(moved.slot)]!.storage.places[moved.place].indexPosition = known.indexPosition
    }
  }

  /// The source locations in a file that kept traces ran through, sorted by file, line and function.
  ///
  /// - Parameters:
  ///   - file: its path or the end of it: programs and editors give paths relative to different roots.
  ///   - traceLimit: the number of handles per location. If a location has thousands of traces, these are the latest that the index added.
  /// - Complexity: O(files + locations found × traces of each, at most `mostRanked` of them).
  package func codeLocations(inFile file: String, traceLimit: Int = 8) -> [CodeLocationUse] {
    codeIndex.numbers(inFile: Array(file.utf8)).compactMap { number -> CodeLocationUse? in
      let entry = codeIndex[number]
      guard let first = entry.members.first else { return nil }
      var serials = entry.members.suffix(TraceDistillerStore.mostRanked).map { slots[Int($0.slot)]!.handle }
      serials.sortFirst(traceLimit) { $0 > $1 }
      return CodeLocationUse(
        location: slots[Int(first.slot)]!.storage.codeLocation(first.place), spans: entry.spans, failures: entry.failures,
        traceCount: entry.members.count, traces: serials.prefix(traceLimit).map { "t\($0)" })
    }.sorted { $0.location.precedes($1.location) }
  }

  private static let mostRanked = 4_096

  /// The newest traces that ran through one of the files, and the newest of the others that failed; the newest first.
  /// - Complexity: O(traces), plus O(locations of the files × `limit`).
  func slots(through files: [String], of project: ProjectCondition?, limit: Int, failed: Int) -> [Int] {
    var through: Set<Int> = []
    for file in files { through.formUnion(codeIndex.slots(throughFile: file, atMost: limit)) }
    func newest(_ slots: some Sequence<Int>, _ most: Int) -> ArraySlice<Int> {
      var all = slots.map { (slot: $0, serial: ranks[$0].serial) }
      all.sort { $0.serial > $1.serial }
      var kept: [Int] = []
      for (slot, _) in all where kept.count < most { if project.map({ belongs(slot: slot, to: $0) }) ?? true { kept.append(slot) } }
      return kept[...]
    }
    var others: [Int] = []
    visitRanks { slot, rank in if rank.errorCount > 0, !through.contains(slot) { others.append(slot) } }
    return (newest(through, limit) + newest(others, failed)).sorted { ranks[$0].serial > ranks[$1].serial }
  }
}

extension CodeLocation {
  fileprivate func precedes(_ other: CodeLocation) -> Bool {
    if !file.utf8.elementsEqual(other.file.utf8) { return file.utf8.lexicographicallyPrecedes(other.file.utf8) }
    if line != other.line { return line < other.line }
    return function.utf8.lexicographicallyPrecedes(other.function.utf8)
  }
}

extension TraceStorage {
  /// A location's key in the index, and its file.
  fileprivate func indexKey(_ place: CodePlaces.Place) -> (key: [UInt8], file: [UInt8]) {
    func bytes(_ number: UInt32) -> [UInt8] { texts.reference(number).map { arena.withBytes($0) { Array($0) } } ?? [] }
    let file = bytes(place.file)
    // The line and the length of the file come before both texts, so that different locations never have the same key.
    let numbers = withUnsafeBytes(of: (place.line.littleEndian, UInt32(file.count).littleEndian)) { Array($0) }
    return (numbers + file + bytes(place.function), file)
  }
}

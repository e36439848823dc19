// The source locations of one trace's spans: file, line and function, each location stored once. Editors request them by file.

import TraceRecords

/// A source location, as records gave it.
package struct CodeLocation: Sendable, Hashable {
  package var file: String
  /// 0 if it is not known.
  package var line: Int
  /// Empty if it is not known.
  package var function: String

  package init(file: String, line: Int, function: String) {
    self.file = file
    self.line = line
    self.function = function
  }
}

/// The locations of one trace by number, from 1, and the location of each row. A trace without locations takes no memory here.
struct CodePlaces: Sendable {
  struct Place: Sendable, BitwiseCopyable {
    /// Text numbers of the trace; 0 is empty.
    var file: UInt32
    var function: UInt32
    var line: UInt32
    /// The number of spans reported there, including spans that were folded since.
    var spans: UInt32 = 0
    var failures: UInt32 = 0
    /// The counts that the store's index has, the number in the index, and the position in its list of traces.
    var indexedSpans: UInt32 = 0
    var indexedFailures: UInt32 = 0
    var indexNumber = UInt32.max
    var indexPosition: UInt32 = 0
    var isTouched = false
  }

  private(set) var all: [Place] = []
  /// By row, up to the last row with a location.
  private var numbers = PagedArray<UInt32>()
  private var index = HashIndex()
  /// Locations whose counts in the store's index are outdated.
  private(set) var touched: [UInt32] = []

  var allocatedBytes: Int {
    HeapBytes.ofArray(all.capacity * MemoryLayout<Place>.stride) + numbers.allocatedBytes + index.allocatedBytes
      + HeapBytes.ofArray(touched.capacity * 4)
  }

  /// 0 if the row has none.
  func number(ofRow row: Int) -> UInt32 { row < numbers.count ? numbers[row] : 0 }

  subscript(number: UInt32) -> Place {
    get { all[Int(number) - 1] }
    set { all[Int(number) - 1] = newValue }
  }

  /// Sets the location of a row.
  mutating func set(_ row: Int, file: UInt32, line: UInt32, function: UInt32, isFailed: Bool) {
    let hash = CodePlaces.hash(file, line, function)
    let known = index.find(hash) { all[$0].file == file && all[$0].line == line && all[$0].function == function }
    let number = UInt32((known ?? all.count) + 1)
    if known == nil {
      index.insert(hash, row: all.count)
      all.append(Place(file: file, function: function, line: line))
    }
    while numbers.count <= row { numbers.append(0) }
    numbers[row] = number
    self[number].spans += 1
    if isFailed { self[number].failures += 1 }
    touch(number)
  }

  /// The span of a row failed, or an earlier failure was withdrawn.
  mutating func count(failures change: Int, ofRow row: Int) {
    let number = number(ofRow: row)
    guard number > 0 else { return }
    self[number].failures = UInt32(max(0, Int(self[number].failures) + change))
    touch(number)
  }

  private mutating func touch(_ number: UInt32) {
    guard !self[number].isTouched else { return }
    self[number].isTouched = true
    touched.append(number)
  }

  /// Called when the store's index is up to date.
  mutating func settle() {
    for number in touched { self[number].isTouched = false }
    touched.removeAll(keepingCapacity: touched.capacity <= 64)
  }

  /// Moves the location of one row to another row.
  mutating func move(_ row: Int, to other: Int) {
    let number = number(ofRow: row)
    guard number != 0 else { return }
    numbers[row] = 0
    while numbers.count <= other { numbers.append(0) }
    numbers[other] = number
    touch(number)
  }

  /// Rows have new numbers; removed rows are nil. Their counts are kept.
  mutating func renumber(_ newRow: (Int) -> UInt32?) {
    let old = numbers
    numbers = PagedArray()
    old.visitAll { row, number in
      guard number > 0, let row = newRow(row).map(Int.init) else { return }
      while numbers.count <= row { numbers.append(0) }
      numbers[row] = number
    }
  }

  mutating func seal() {
    all = all.trimmed
    numbers.seal()
  }

  private static func hash(_ file: UInt32, _ line: UInt32, _ function: UInt32) -> UInt32 {
    withUnsafeBytes(of: (file, line, function)) { TextHash.hash($0) }
  }
}

/// The attributes of a record that name its source location, by index; −1 if there is none.
struct CodeAttributes: Sendable, BitwiseCopyable {
  var file: Int16 = -1
  var line: Int16 = -1
  var function: Int16 = -1

  @inline(never)
  mutating func note(_ key: CodeKey, at place: Int) {
    let place = Int16(exactly: place) ?? -1
    switch key {
    case .file: file = place
    case .line: line = place
    case .function: function = place
    }
  }
}

extension TraceStorage {
  /// Longer paths and names are ignored.
  private static let maxCodeText = 1_024

  /// Whether some record had a source location.
  var hasPlaces: Bool { !ownPlaces.isEmpty }

  /// The locations of the trace, created on first change.
  var places: CodePlaces {
    get { ownPlaces.first ?? CodePlaces() }
    _modify {
      if ownPlaces.isEmpty { ownPlaces.append(CodePlaces()) }
      yield &ownPlaces[0]
    }
  }

  /// Sets a span's location from its attributes. The first one is kept: it is where the span began.
  @inline(never)
  mutating func locate(_ row: Int, isFailed: Bool, _ attributes: UnsafeBufferPointer<Attribute>, _ batch: BatchTexts) {
    let found = codeAttributes
    func text(_ place: Int16) -> UnsafeRawBufferPointer? {
      guard place >= 0, case .string(let range) = attributes[Int(place)].value else { return nil }
      let text = batch[range]
      return text.isEmpty || text.count > TraceStorage.maxCodeText ? nil : text
    }
    guard !hasPlaces || ownPlaces[0].number(ofRow: row) == 0, let fileText = text(found.file) else { return }
    let file = intern(fileText)
    // The arena is full.
    guard file > 0 else { return }
    var line: UInt32 = 0
    if found.line >= 0, case .integer(let number) = attributes[Int(found.line)].value { line = UInt32(exactly: number) ?? 0 }
    let function = text(found.function)
    places.set(row, file: file, line: line, function: function.map { intern($0) } ?? 0, isFailed: isFailed)
  }

  /// The source location of a span; nil if its records did not have one.
  package func codeLocation(ofRow row: Int) -> CodeLocation? {
    let number = places.number(ofRow: row)
    return number == 0 ? nil : codeLocation(number)
  }

  func codeLocation(_ number: UInt32) -> CodeLocation {
    let place = places[number]
    return CodeLocation(file: text(place.file), line: Int(place.line), function: text(place.function))
  }

  /// The spans at a location, in the order of their rows, without those that were folded to save memory.
  /// - Complexity: O(rows).
  package func rows(at location: CodeLocation) -> [Int] {
    let wanted = places.all.indices.map { UInt32($0 + 1) }.filter { codeLocation($0) == location }
    let places = places
    return wanted.isEmpty ? [] : spans.indices.filter { wanted.contains(places.number(ofRow: $0)) }
  }
}

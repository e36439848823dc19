// Finds the names of members that have a meaning, without comparing with each of them.

/// A fixed set of names. The number of a name is its index in the list; some names have two spellings. Created once and read through a
/// pointer.
struct ScannedNames: Sendable {
  static let unknown: UInt8 = 63
  private static let tableSize = 256
  private static let free = UInt8.max

  /// All with their closing quotes: the names, followed by their other spellings.
  private let names: [ScannedWord]
  /// The number of each of them.
  private let numbers: [UInt8]
  private let slots: [UInt8]

  /// At most 63 names of at most 23 bytes.
  /// - Parameter aliases: the other spelling of each name, or the name itself.
  init(_ list: [StaticString], aliases: [[UInt8]] = []) {
    var names = list.map { ScannedWord(Array($0.bytes) + [UInt8(ascii: "\"")]) }
    var numbers = list.indices.map { UInt8($0) }
    for (number, alias) in aliases.enumerated() where !alias.elementsEqual(list[number].bytes) {
      names.append(ScannedWord(alias + [UInt8(ascii: "\"")]))
      numbers.append(UInt8(number))
    }
    var slots = [UInt8](repeating: ScannedNames.free, count: ScannedNames.tableSize)
    for (place, name) in names.enumerated() {
      var slot = ScannedNames.slot(name.low, name.middle, name.count)
      while slots[slot] != ScannedNames.free { slot = (slot + 1) % ScannedNames.tableSize }
      slots[slot] = UInt8(place)
    }
    (self.names, self.numbers, self.slots) = (names, numbers, slots)
  }

  /// The number of a name in any memory, or `unknown`.
  func find(_ name: UnsafeRawBufferPointer) -> UInt8 {
    guard name.count < ScannedWord.maxCount else { return ScannedNames.unknown }
    return withUnsafeTemporaryAllocation(byteCount: ScannedWord.maxCount + LineCursor.padding, alignment: 8) { memory in
      memory.initializeMemory(as: UInt8.self, repeating: 0)
      memory.copyBytes(from: name)
      memory[name.count] = UInt8(ascii: "\"")
      return withTable { $0.find(ScannedText(start: 0, count: name.count), LineCursor(line: UnsafeRawPointer(memory.baseAddress!))) }
    }
  }

  /// Passes the set as pointers, which need no check per access.
  func withTable<Result>(_ body: (Table) -> Result) -> Result {
    names.withUnsafeBufferPointer { names in
      numbers.withUnsafeBufferPointer { numbers in
        slots.withUnsafeBufferPointer { body(Table(names: names, numbers: numbers, slots: $0)) }
      }
    }
  }

  struct Table {
    fileprivate let names: UnsafeBufferPointer<ScannedWord>
    fileprivate let numbers: UnsafeBufferPointer<UInt8>
    fileprivate let slots: UnsafeBufferPointer<UInt8>

    /// A name and its closing quote.
    @inline(__always)
    subscript(number: UInt8) -> ScannedWord { names[Int(number)] }

    /// The number of a name, or `unknown`. The name must be followed by its closing quote, which is compared too.
    @inline(__always)
    func find(_ text: ScannedText, _ cursor: LineCursor) -> UInt8 {
      let count = text.count + 1
      guard count <= ScannedWord.maxCount else { return ScannedNames.unknown }
      let low = cursor.word(at: Int(text.start)) & cursor.mask(count)
      let middle = count > 8 ? cursor.word(at: Int(text.start) + 8) & cursor.mask(count - 8) : 0
      let high = count > 16 ? cursor.word(at: Int(text.start) + 16) & cursor.mask(count - 16) : 0
      var slot = ScannedNames.slot(low, middle, Int(count))
      while true {
        let place = slots[slot]
        if place == ScannedNames.free { return ScannedNames.unknown }
        let name = names[Int(place)]
        if name.low == low, name.middle == middle, name.high == high { return numbers[Int(place)] }
        slot = (slot + 1) & (ScannedNames.tableSize - 1)
      }
    }
  }

  @inline(__always)
  private static func slot(_ low: UInt64, _ middle: UInt64, _ count: Int) -> Int {
    Int(truncatingIfNeeded: (((low ^ middle &* 3) &+ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15) >> 56)
  }
}

// Names of members: which of them mean something, found without a comparison with each.

/// A fixed set of names, each with its place in the list as its number. Made once; read through a pointer to it.
struct ScannedNames: Sendable {
  static let unknown: UInt8 = 63
  private static let tableSize = 256

  /// Each with its closing quote.
  private let names: [ScannedWord]
  private let slots: [UInt8]

  /// At most 63 names of at most 23 bytes.
  init(_ list: [StaticString]) {
    names = list.map { ScannedWord(Array($0.bytes) + [UInt8(ascii: "\"")]) }
    var slots = [UInt8](repeating: ScannedNames.unknown, count: ScannedNames.tableSize)
    for (number, name) in names.enumerated() {
      var slot = ScannedNames.slot(name.low, name.middle, name.count)
      while slots[slot] != ScannedNames.unknown { slot = (slot + 1) % ScannedNames.tableSize }
      slots[slot] = UInt8(number)
    }
    self.slots = slots
  }

  /// Lends the set as pointers, which cost no check a look.
  func withTable<Result>(_ body: (Table) -> Result) -> Result {
    names.withUnsafeBufferPointer { names in slots.withUnsafeBufferPointer { body(Table(names: names, slots: $0)) } }
  }

  struct Table {
    fileprivate let names: UnsafeBufferPointer<ScannedWord>
    fileprivate let slots: UnsafeBufferPointer<UInt8>

    /// A name and its closing quote.
    @inline(__always)
    subscript(number: UInt8) -> ScannedWord { names[Int(number)] }

    /// The number of a name, or `unknown`. Behind the name stands its closing quote, which is compared with it.
    @inline(__always)
    func find(_ text: ScannedText, _ cursor: LineCursor) -> UInt8 {
      let count = text.count + 1
      guard count <= ScannedWord.maxCount else { return ScannedNames.unknown }
      let low = cursor.word(at: Int(text.start)) & cursor.mask(count)
      let middle = count > 8 ? cursor.word(at: Int(text.start) + 8) & cursor.mask(count - 8) : 0
      let high = count > 16 ? cursor.word(at: Int(text.start) + 16) & cursor.mask(count - 16) : 0
      var slot = ScannedNames.slot(low, middle, Int(count))
      while true {
        let number = slots[slot]
        if number == ScannedNames.unknown { return number }
        let name = names[Int(number)]
        if name.low == low, name.middle == middle, name.high == high { return number }
        slot = (slot + 1) & (ScannedNames.tableSize - 1)
      }
    }
  }

  @inline(__always)
  private static func slot(_ low: UInt64, _ middle: UInt64, _ count: Int) -> Int {
    Int(truncatingIfNeeded: (((low ^ middle &* 3) &+ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15) >> 56)
  }
}

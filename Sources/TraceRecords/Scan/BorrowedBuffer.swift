// Lists of the scanner in memory that is borrowed for one read: no allocation per record, and every access is checked.

/// A bounded list. It must not outlive its memory.
struct BorrowedBuffer<Element: BitwiseCopyable> {
  private let memory: UnsafeMutableBufferPointer<Element>
  private(set) var count = 0

  init(_ memory: UnsafeMutableBufferPointer<Element>) { self.memory = memory }

  /// Returns false if the list is full.
  @inline(__always)
  mutating func append(_ element: Element) -> Bool {
    guard count < memory.count else { return false }
    memory[count] = element
    count += 1
    return true
  }

  @inline(__always)
  subscript(index: Int) -> Element {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
    return memory[index]
  }

  mutating func removeAll() { count = 0 }

  mutating func removeLast(_ number: Int) {
    precondition(UInt(bitPattern: number) <= UInt(bitPattern: count))
    count -= number
  }
}

/// The members of one object in a line, found by the numbers of their names.
struct MemberList {
  static let capacity = 64
  static let tableBytes = 128
  /// The predecessor of the first name.
  static let start: UInt8 = 62

  private(set) var members: BorrowedBuffer<ScannedMember>
  /// By number of a name: its index in `members`, and the name that followed it in an earlier line.
  private let places: UnsafeMutableBufferPointer<UInt8>
  private let successors: UnsafeMutableBufferPointer<UInt8>
  /// One bit per name that is present.
  private(set) var seen: UInt64 = 0
  private(set) var hasUnknown = false

  init(_ memory: UnsafeMutableBufferPointer<ScannedMember>, tables: UnsafeMutableBufferPointer<UInt8>) {
    precondition(tables.count == MemberList.tableBytes)
    members = BorrowedBuffer(memory)
    places = UnsafeMutableBufferPointer(rebasing: tables[..<64])
    successors = UnsafeMutableBufferPointer(rebasing: tables[64...])
  }

  @inline(__always)
  mutating func removeAll() {
    members.removeAll()
    seen = 0
    hasUnknown = false
  }

  /// Returns false if there is no room, or if the name was already there.
  @inline(__always)
  mutating func append(_ member: ScannedMember, _ cursor: LineCursor) -> Bool {
    if member.name == ScannedNames.unknown {
      for index in 0..<members.count where members[index].name == ScannedNames.unknown {
        if cursor.areEqual(members[index].key, member.key) { return false }
      }
      hasUnknown = true
    } else {
      let bit: UInt64 = 1 << UInt64(member.name & 63)
      guard seen & bit == 0 else { return false }
      seen |= bit
      places[Int(member.name & 63)] = UInt8(truncatingIfNeeded: members.count)
    }
    return members.append(member)
  }

  /// The value for the name with that number.
  @inline(__always)
  func value(_ name: UInt8) -> ScannedValue? {
    seen & 1 << UInt64(name & 63) == 0 ? nil : members[Int(places[Int(name & 63)])].value
  }

  @inline(__always)
  func successor(of name: UInt8) -> UInt8 { successors[Int(name & 63)] }

  @inline(__always)
  func learn(_ name: UInt8, after previous: UInt8) { successors[Int(previous & 63)] = name }
}

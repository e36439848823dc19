// What the spans of a trace are called, as one number: traces of one kind say the same names, so that a search by names asks once for each kind.

/// Which spans, by name, service and target, there are in each kind of trace. Kinds are numbered from 1 on; 0 says nothing.
struct TraceVocabularies: Sendable {
  /// Numbers of `KnownTexts`; 0 is the empty text.
  struct Words: Sendable, Hashable {
    var name: UInt32
    var service: UInt32
    var target: UInt32
  }

  private var words: [Words] = []
  private var wordNumbers: [Words: UInt32] = [:]
  /// The words of each kind, ascending, one kind behind the other, and where each begins.
  private var members: [UInt32] = []
  private var begins: [Int] = [0]
  private var kinds: [[UInt32]: UInt32] = [:]
  /// A store in which every trace is called otherwise has no kinds: these are enough.
  static let mostKinds = 4_096
  static let mostMembers = 1 << 16

  var count: Int { begins.count - 1 }
  var allocatedBytes: Int {
    guard count > 0 else { return 0 }
    return HeapBytes.ofArray(words.capacity * 12) + HeapBytes.ofArray(members.capacity * 4) + HeapBytes.ofArray(begins.capacity * 8)
      + wordNumbers.capacity * 20 + kinds.capacity * 24 + members.count * 4 + count * 32
  }

  /// The kind of a trace with these spans; 0 where there are too many kinds.
  mutating func kind(_ spans: Set<Words>) -> UInt32 {
    var numbers: [UInt32] = []
    numbers.reserveCapacity(spans.count)
    for span in spans {
      if let known = wordNumbers[span] {
        numbers.append(known)
      } else {
        guard words.count < Self.mostMembers else { return 0 }
        let number = UInt32(words.count)
        wordNumbers[span] = number
        words.append(span)
        numbers.append(number)
      }
    }
    numbers.sort()
    if let known = kinds[numbers] { return known }
    guard count < Self.mostKinds, members.count + numbers.count <= Self.mostMembers else { return 0 }
    members += numbers
    begins.append(members.count)
    kinds[numbers] = UInt32(count)
    return UInt32(count)
  }

  /// Whether some span of a kind is called so.
  func contains(_ kind: UInt32, where isWanted: (Words) -> Bool) -> Bool {
    members[begins[Int(kind) - 1]..<begins[Int(kind)]].contains { isWanted(words[Int($0)]) }
  }
}

// A regular expression at work: the places of its code at which it is at once are one state, and what each byte makes of a state is found once.

/// A deterministic machine that is made while it runs (as in RE2, R. Cox, "Regular Expression Matching in the Wild"). What it takes of a text is linear in
/// the text, whatever the pattern: at worst each byte costs a walk through the code.
struct RegexMachine: Sendable {
  private let code: [RegexStep]
  /// Which bytes no step tells apart; upper case of ASCII is lower case.
  private let classes: [UInt8]
  /// One byte of each class.
  private let samples: [UInt8]
  /// Entries of a state: one for each class, and one for the end of the text.
  private let width: Int
  private let sets: [ByteSet]
  private let hasAssertions: Bool
  /// Assertions are taken as met: every match is found, and some that are none.
  private let isLenient: Bool

  /// What comes next, by state and class: the place of a state in this table, or one of those below 0.
  private var table: [Int32] = []
  private static let unknown: Int32 = -1
  private static let matched: Int32 = -2
  /// The text is over, without a match.
  private static let ended: Int32 = -3

  /// The places in the code of each state, and the byte before it: of importance to assertions.
  private struct Key: Hashable, Sendable {
    var places: [Int16]
    var before: Before
  }
  private enum Before: UInt8, Sendable { case start, newline, word, other }
  private var keys: [Key] = []
  private var numbers: [Key: Int32] = [:]
  private var keyBytes = 0
  /// The pattern matches nothing at all, wherever that is: every text.
  private var matchesEmptyText = false
  /// Beyond these, what is known is forgotten.
  private static let mostEntries = 1 << 16
  private static let mostKeyBytes = 1 << 20

  /// Which step was met by which walk.
  private var marks: [Int]
  private var walk = 0
  private var stack: [Int] = []
  /// Steps that were walked: what the machine cost beyond its table.
  private(set) var work = 0

  init(_ parser: RegexParser, isLenient: Bool) {
    code = parser.whole.code
    sets = parser.sets
    hasAssertions = parser.hasAssertions && !isLenient
    self.isLenient = isLenient
    marks = [Int](repeating: 0, count: code.count)
    var apart = sets
    if hasAssertions { apart += [ByteSet(0x0A...0x0A), ByteSet(0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A), ByteSet(0x80...0xBF)] }
    var classes = [Int](repeating: 0, count: 256)
    var count = 1
    for set in apart {
      var inside: [Int: Int] = [:]
      var sizes = [Int](repeating: 0, count: count)
      for byte in 0..<256 { sizes[classes[byte]] += 1 }
      var members = [Int](repeating: 0, count: count)
      for byte in 0..<256 where set.contains(UInt8(byte)) { members[classes[byte]] += 1 }
      for byte in 0..<256 where set.contains(UInt8(byte)) && members[classes[byte]] < sizes[classes[byte]] {
        let old = classes[byte]
        if inside[old] == nil {
          inside[old] = count
          count += 1
        }
        classes[byte] = inside[old]!
      }
    }
    var samples = [UInt8](repeating: 0, count: count)
    for byte in (0..<256).reversed() { samples[classes[byte]] = UInt8(byte) }
    for letter in 0x41...0x5A { classes[letter] = classes[letter + 0x20] }
    self.classes = classes.map { UInt8($0) }
    self.samples = samples
    width = count + 1
    restart()
  }

  /// Whether the pattern is somewhere in a text, which is ASCII or in lower case.
  mutating func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    if matchesEmptyText { return true }
    var (state, place) = (Int32(0), 0)
    while true {
      let next = table.withUnsafeBufferPointer { table in
        classes.withUnsafeBufferPointer { classes in
          while place < text.count {
            let next = table[Int(state) &+ Int(classes[Int(text[place])])]
            guard next >= 0 else { return next }
            state = next
            place &+= 1
          }
          return table[Int(state) &+ width &- 1]
        }
      }
      guard next == Self.unknown else { return next == Self.matched }
      let made = step(from: &state, place < text.count ? Int(classes[Int(text[place])]) : width - 1)
      guard made >= 0 else { return made == Self.matched }
      state = made
      place += 1
    }
  }

  /// Forgets all states but the first, which is that at a text's beginning.
  private mutating func restart() {
    (table, keys, numbers, keyBytes) = ([], [], [:], 0)
    walk += 1
    var places: [Int16] = []
    matchesEmptyText = follow(0, nil, &places)
    _ = number(of: Key(places: places.sorted(), before: hasAssertions ? .start : .other))
  }

  private mutating func number(of key: Key) -> Int32 {
    if let known = numbers[key] { return known }
    let number = Int32(table.count)
    table += repeatElement(Self.unknown, count: width)
    keys.append(key)
    numbers[key] = number
    keyBytes += 2 * key.places.count + 64
    return number
  }

  /// What a byte of the class makes of a state; noted in the table.
  private mutating func step(from state: inout Int32, _ next: Int) -> Int32 {
    if table.count > Self.mostEntries || keyBytes > Self.mostKeyBytes {
      let key = keys[Int(state) / width]
      restart()
      state = number(of: key)
    }
    let made = target(of: keys[Int(state) / width], next)
    table[Int(state) + next] = made
    return made
  }

  private mutating func target(of key: Key, _ next: Int) -> Int32 {
    let byte = next < samples.count ? samples[next] : nil
    var here = key.places
    if hasAssertions {
      // What the byte that comes decides.
      walk += 1
      here = []
      for place in key.places where follow(Int(place), (key.before, byte), &here) { return Self.matched }
    }
    guard let byte else { return Self.ended }
    walk += 1
    work += here.count
    var places: [Int16] = []
    for place in here {
      guard case .bytes(let set) = code[Int(place)], sets[Int(set)].contains(byte) else { continue }
      if follow(Int(place) + 1, nil, &places) { return Self.matched }
    }
    // A match may begin at every byte.
    if follow(0, nil, &places) { return Self.matched }
    places.sort()
    let before: Before = !hasAssertions ? .other : byte == 0x0A ? .newline : Self.isWord(byte) ? .word : .other
    return number(of: Key(places: places, before: before))
  }

  /// Walks from a step on to those that wait for a byte, or, without a context, for what the byte is; whether it comes to a match.
  private mutating func follow(_ start: Int, _ context: (before: Before, next: UInt8?)?, _ places: inout [Int16]) -> Bool {
    stack.append(start)
    while let place = stack.popLast() {
      guard marks[place] != walk else { continue }
      marks[place] = walk
      work += 1
      switch code[place] {
      case .bytes: places.append(Int16(place))
      case .split(let one, let other): stack += [place + Int(other), place + Int(one)]
      case .jump(let distance): stack.append(place + Int(distance))
      case .match:
        stack = []
        return true
      case .assert(let assertion):
        if isLenient {
          stack.append(place + 1)
        } else if let context {
          if Self.holds(assertion, context.before, context.next) { stack.append(place + 1) }
        } else {
          places.append(Int16(place))
        }
      }
    }
    return false
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || byte == 0x5F || (0x61...0x7A).contains(byte)
  }

  private static func holds(_ assertion: RegexAssertion, _ before: Before, _ next: UInt8?) -> Bool {
    // Nothing holds in the middle of a character.
    if let next, (0x80...0xBF).contains(next) { return false }
    switch assertion {
    case .textStart: return before == .start
    case .textEnd: return next == nil
    case .lineStart: return before == .start || before == .newline
    case .lineEnd: return next == nil || next == 0x0A
    case .wordBoundary: return (before == .word) != (next.map { isWord($0) } ?? false)
    case .noWordBoundary: return (before == .word) == (next.map { isWord($0) } ?? false)
    }
  }
}

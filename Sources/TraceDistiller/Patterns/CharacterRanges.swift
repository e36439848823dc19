// Sets of characters in regular expressions, and the bytes by which UTF-8 writes them.

/// Characters as ranges of their numbers.
struct CharacterRanges: Sendable, Equatable {
  /// Ascending, none touching the next.
  private(set) var ranges: [ClosedRange<UInt32>] = []

  static let last: UInt32 = 0x10FFFF
  static let digits = CharacterRanges([0x30...0x39])
  static let spaces = CharacterRanges([0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
  static let words = CharacterRanges([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])

  /// The classes of POSIX, in brackets of their own.
  static func posix(_ name: String) -> CharacterRanges? {
    switch name {
    case "alnum": CharacterRanges([0x30...0x39, 0x41...0x5A, 0x61...0x7A])
    case "alpha": CharacterRanges([0x41...0x5A, 0x61...0x7A])
    case "ascii": CharacterRanges([0...0x7F])
    case "blank": CharacterRanges([0x09...0x09, 0x20...0x20])
    case "cntrl": CharacterRanges([0...0x1F, 0x7F...0x7F])
    case "digit": digits
    case "graph": CharacterRanges([0x21...0x7E])
    case "lower": CharacterRanges([0x61...0x7A])
    case "print": CharacterRanges([0x20...0x7E])
    case "punct": CharacterRanges([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])
    case "space": CharacterRanges([0x09...0x0D, 0x20...0x20])
    case "upper": CharacterRanges([0x41...0x5A])
    case "word": words
    case "xdigit": CharacterRanges([0x30...0x39, 0x41...0x46, 0x61...0x66])
    default: nil
    }
  }

  init(_ ranges: [ClosedRange<UInt32>] = []) { for range in ranges { insert(range) } }

  mutating func insert(_ range: ClosedRange<UInt32>) {
    var (low, high) = (range.lowerBound, range.upperBound)
    var kept: [ClosedRange<UInt32>] = []
    for old in ranges {
      // Those that touch become one.
      if UInt64(old.upperBound) + 1 < UInt64(low) || UInt64(high) + 1 < UInt64(old.lowerBound) {
        kept.append(old)
      } else {
        (low, high) = (min(low, old.lowerBound), max(high, old.upperBound))
      }
    }
    let place = kept.firstIndex { $0.lowerBound > low } ?? kept.count
    kept.insert(low...high, at: place)
    ranges = kept
  }

  mutating func insert(_ others: CharacterRanges) { for range in others.ranges { insert(range) } }

  var inverted: CharacterRanges {
    var (result, next) = (CharacterRanges(), UInt32(0))
    for range in ranges {
      if range.lowerBound > next { result.ranges.append(next...range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next <= Self.last { result.ranges.append(next...Self.last) }
    return result
  }

  /// With the lower case of each: texts are looked at in lower case.
  var folded: CharacterRanges {
    var result = self
    for range in ranges {
      let (low, high) = (max(range.lowerBound, 0x41), min(range.upperBound, 0x5A))
      if low <= high { result.insert(low + 0x20...high + 0x20) }
      guard range.upperBound >= 0x80 else { continue }
      for (upper, lower) in Self.lowercase where range.contains(upper) { result.insert(lower...lower) }
    }
    return result
  }

  /// Characters beyond ASCII with another one as their lower case; made when the first pattern needs it.
  private static let lowercase: [(UInt32, UInt32)] = (0x80...0x1_FFFF as ClosedRange<UInt32>).compactMap { number in
    guard let scalar = Unicode.Scalar(number) else { return nil }
    let folded = scalar.properties.lowercaseMapping.unicodeScalars
    guard let first = folded.first, folded.count == 1, first != scalar else { return nil }
    return (number, first.value)
  }

  /// The sequences of sets of bytes, any of which is a character of the set. Texts are UTF-8 without fault.
  var utf8: [[ByteSet]] {
    var ascii = ByteSet()
    var hasASCII = false
    var rest: [ClosedRange<UInt32>] = []
    for range in ranges {
      if range.lowerBound < 0x80 {
        ascii.insert(UInt8(range.lowerBound)...UInt8(min(range.upperBound, 0x7F)))
        hasASCII = true
      }
      if range.upperBound >= 0x80 { rest.append(max(range.lowerBound, 0x80)...range.upperBound) }
    }
    return (hasASCII ? [[ascii]] : []) + rest.flatMap { Self.sequences($0) }
  }

  /// Whether every character beyond ASCII is in it.
  var hasAllBeyondASCII: Bool { ranges.last.map { $0.lowerBound <= 0x80 && $0.upperBound == Self.last } ?? false }
  var isASCII: Bool { (ranges.last?.upperBound ?? 0) < 0x80 }

  /// Cut where the number of bytes changes and at the borders of what the last bytes span, each piece is one set for each byte.
  private static func sequences(_ range: ClosedRange<UInt32>) -> [[ByteSet]] {
    var result: [[ByteSet]] = []
    var rest = [range]
    while let range = rest.popLast() {
      let (low, high) = (range.lowerBound, range.upperBound)
      func cut(behind place: UInt32) { rest += [place + 1...high, low...place] }
      if let border = [0x7FF, 0xFFFF].first(where: { low <= $0 && high > $0 }) {
        cut(behind: border)
        continue
      }
      // From the last byte on: either all bytes before are the same, or this one spans all its values.
      let count = low <= 0x7FF ? 2 : low <= 0xFFFF ? 3 : 4
      var isWhole = true
      for place in 1..<UInt32(count) where isWhole {
        let mask = UInt32(1) << (6 * place) - 1
        guard low & ~mask != high & ~mask else { break }
        if low & mask != 0 {
          cut(behind: low | mask)
          isWhole = false
        } else if high & mask != mask {
          cut(behind: (high & ~mask) - 1)
          isWhole = false
        }
      }
      guard isWhole else { continue }
      let (first, last) = (bytes(low, count), bytes(high, count))
      result.append(zip(first, last).map { ByteSet($0...$1) })
    }
    return result
  }

  /// A number as that many bytes; surrogates as if they were characters, since no text holds them.
  private static func bytes(_ number: UInt32, _ count: Int) -> [UInt8] {
    var (bytes, rest) = ([UInt8](repeating: 0, count: count), number)
    for place in stride(from: count - 1, to: 0, by: -1) {
      bytes[place] = UInt8(0x80 | rest & 0x3F)
      rest >>= 6
    }
    bytes[0] = UInt8(rest) | (count == 2 ? 0xC0 : count == 3 ? 0xE0 : 0xF0)
    return bytes
  }
}

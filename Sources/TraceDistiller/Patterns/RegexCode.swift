// A regular expression as instructions for a machine that is at many places of them at once (K. Thompson, "Regular expression search algorithm", 1968).

/// What holds between two bytes.
enum RegexAssertion: UInt8, Sendable {
  case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
}

/// One step. Targets are distances from the step itself, so that a piece of code may be copied anywhere.
enum RegexStep: Sendable, Equatable {
  /// One byte of the set of that number.
  case bytes(UInt16)
  case split(Int16, Int16)
  case jump(Int16)
  case assert(RegexAssertion)
  case match
}

/// A set of bytes.
struct ByteSet: Sendable, Hashable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init(_ ranges: ClosedRange<UInt8>...) { for range in ranges { insert(range) } }

  func contains(_ byte: UInt8) -> Bool {
    let bit = UInt64(1) << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: return words.0 & bit != 0
    case 1: return words.1 & bit != 0
    case 2: return words.2 & bit != 0
    default: return words.3 & bit != 0
    }
  }

  func meets(_ other: ByteSet) -> Bool {
    words.0 & other.words.0 | words.1 & other.words.1 | words.2 & other.words.2 | words.3 & other.words.3 != 0
  }

  mutating func insert(_ range: ClosedRange<UInt8>) {
    for byte in range {
      let bit = UInt64(1) << UInt64(byte & 63)
      switch byte >> 6 {
      case 0: words.0 |= bit
      case 1: words.1 |= bit
      case 2: words.2 |= bit
      default: words.3 |= bit
      }
    }
  }

  static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }

  func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}

/// A piece of code, and what a text must hold for it to match.
struct RegexPiece: Sendable {
  var code: [RegexStep] = []
  /// It matches this text alone.
  var exact: [UInt8]?
  /// One of these texts is in whatever it matches; nil where none is known.
  var needed: [[UInt8]]?

  /// More than these are not worth looking for one by one.
  private static let mostNeeded = 4

  /// Matches the empty text.
  static let empty = RegexPiece(code: [], exact: [], needed: nil)

  /// One piece behind the other.
  static func sequence(_ pieces: [RegexPiece]) -> RegexPiece {
    var all = RegexPiece.empty
    var text: [UInt8] = []
    for piece in pieces {
      all.code += piece.code
      if let exact = piece.exact {
        text += exact
        continue
      }
      all.exact = nil
      all.needed = better(better(all.needed, text.isEmpty ? nil : [text]), piece.needed)
      text = []
    }
    if all.exact != nil { all.exact = text }
    if !text.isEmpty { all.needed = better(all.needed, [text]) }
    return all
  }

  /// Any of the pieces.
  static func choice(_ pieces: [RegexPiece]) -> RegexPiece {
    guard var all = pieces.last else { return .empty }
    for piece in pieces.dropLast().reversed() {
      let code = [.split(1, Int16(piece.code.count + 2))] + piece.code + [.jump(Int16(all.code.count + 1))] + all.code
      var needed: [[UInt8]]?
      if let one = piece.texts, let other = all.texts, one.count + other.count <= mostNeeded { needed = one + other }
      all = RegexPiece(code: code, exact: nil, needed: needed)
    }
    return all
  }

  /// The piece so many times: from the lower bound up to the upper one, or any number more.
  func repeated(_ least: Int, _ most: Int?) -> RegexPiece {
    var all = RegexPiece.empty
    for _ in 0..<least { all.code += code }
    all.exact = exact.flatMap { text in least == most ? (0..<least).flatMap { _ in text } : nil }
    all.needed = least > 0 ? texts : nil
    if let most {
      // Each further one may be the last: all leave to the end.
      for left in stride(from: most - least, to: 0, by: -1) {
        all.code += [.split(1, Int16(left * (code.count + 1)))] + code
      }
    } else if least > 0 {
      all.code.append(.split(Int16(-code.count), 1))
    } else {
      all.code = [.split(1, Int16(code.count + 2))] + code + [.jump(Int16(-code.count - 1))]
    }
    return all
  }

  private var texts: [[UInt8]]? { exact.map { $0.isEmpty ? nil : [$0] } ?? needed }

  /// That whose shortest text is longer, or which has fewer.
  private static func better(_ one: [[UInt8]]?, _ other: [[UInt8]]?) -> [[UInt8]]? {
    guard let one, let other else { return one ?? other }
    let (left, right) = (one.map(\.count).min() ?? 0, other.map(\.count).min() ?? 0)
    return left != right ? (left > right ? one : other) : one.count <= other.count ? one : other
  }
}

// The values of a line that was already read, in order: these are the holes of its shape.

/// Members whose values decide what a line means: lines that differ in these have different shapes.
struct ShapingMembers: Sendable {
  /// Members of the line itself, of the objects in it, and so on.
  var byDepth: [[StaticString]]
  var anywhere: [StaticString] = []
}

/// Walks over JSON that is known to be well-formed.
struct ShapeWalk {
  struct Hole {
    /// The inside of a string, or a number.
    var text: Range<Int>
    /// The end after the closing quote, or after the number.
    var end: Int
    var kind: ScannedValue.Kind
  }

  static let maxHoles = 64
  private(set) var holes: [Hole] = []

  private let text: UnsafeRawBufferPointer
  private let shaping: ShapingMembers
  /// The keys of the enclosing objects, "" for lists.
  private var path: [Range<Int>] = []
  private var key = 0..<0

  /// Nil for lines with more values than a shape may have holes.
  init?(_ text: UnsafeRawBufferPointer, _ shaping: ShapingMembers) {
    self.text = text
    self.shaping = shaping
    var at = 0
    while at < text.count {
      switch text[at] {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        path.append(key)
        key = 0..<0
        at += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        _ = path.popLast()
        at += 1
      case UInt8(ascii: "\""): at = passString(at)
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): at = passNumber(at)
      default: at += 1
      }
      if holes.count > ShapeWalk.maxHoles { return nil }
    }
  }

  private mutating func passString(_ quote: Int) -> Int {
    var end = quote + 1
    while end < text.count, text[end] != UInt8(ascii: "\"") { end += text[end] == UInt8(ascii: "\\") ? 2 : 1 }
    guard end < text.count else { return text.count }
    var next = end + 1
    while next < text.count, text[next] == 0x20 || text[next] == 0x09 || text[next] == 0x0D { next += 1 }
    if next < text.count, text[next] == UInt8(ascii: ":") {
      key = quote + 1..<end
      return next + 1
    }
    // An empty text often has a special meaning, so it is not a hole.
    if end > quote + 1, !decidesMeaning { holes.append(Hole(text: quote + 1..<end, end: end + 1, kind: .string)) }
    return end + 1
  }

  private mutating func passNumber(_ start: Int) -> Int {
    var end = start
    var isReal = false
    while end < text.count {
      switch text[end] {
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isReal = true
      case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
      default:
        if !decidesMeaning { holes.append(Hole(text: start..<end, end: end, kind: isReal ? .real : .integer)) }
        return end
      }
      end += 1
    }
    return end
  }

  /// Whether the value of the current key decides what the line means: then it is part of the shape.
  private var decidesMeaning: Bool {
    let names = path.count > 0 && path.count <= shaping.byDepth.count ? shaping.byDepth[path.count - 1] : []
    return names.contains { isKey($0) } || shaping.anywhere.contains { isKey($0) }
  }

  private func isKey(_ name: StaticString) -> Bool { UnsafeRawBufferPointer(rebasing: text[key]).equals(name) }
}

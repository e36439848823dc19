// Checks how deep a JSON text nests before anything is built from it. Every reader uses this one bound.

enum JSONDepth {
  /// Returns the place where the nesting first exceeds `depth`, or nil. If the text is not valid JSON, the place has no meaning.
  /// - Complexity: O(bytes).
  static func offset(ofDepth depth: Int, in text: UnsafeRawBufferPointer) -> Int? {
    var level = 0
    var index = 0
    var isInString = false
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "\\") where isInString: index += 1
      case UInt8(ascii: "\""): isInString.toggle()
      case _ where isInString: break
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        level += 1
        if level > depth { return index }
      case UInt8(ascii: "}"), UInt8(ascii: "]"): level -= 1
      default: break
      }
      index += 1
    }
    return nil
  }
}

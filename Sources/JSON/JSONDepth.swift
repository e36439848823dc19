// How deep a JSON text nests, found before anything is built of it: one bound for every reader, whatever it makes of the text.

enum JSONDepth {
  /// Where the nesting first exceeds `depth`; nil where it never does. Of a text that is no JSON the place says nothing.
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

// Finds complete objects in a text that is not JSON as a whole: after a torn part, or after a prefix.

/// Finds the outermost objects with balanced brackets. In a text that was torn inside a string, quotes are inverted from there on, so it is
/// scanned both ways.
enum BalancedValues {
  /// The maximum nesting that is tracked; deeper objects are not records.
  private static let maxDepth = 4_096

  /// - Returns: disjoint ranges in order.
  /// - Complexity: O(bytes).
  static func find(in text: UnsafeRawBufferPointer) -> [Range<Int>] {
    let (outside, inside) = (find(in: text, startsInString: false), find(in: text, startsInString: true))
    guard !inside.isEmpty else { return outside }
    // Of two overlapping ranges, keep the longer one.
    let sorted = (outside + inside).sorted { $0.lowerBound != $1.lowerBound ? $0.lowerBound < $1.lowerBound : $0.count > $1.count }
    var ranges: [Range<Int>] = []
    for range in sorted {
      guard let last = ranges.last, range.lowerBound < last.upperBound else {
        ranges.append(range)
        continue
      }
      if range.count > last.count { ranges[ranges.count - 1] = range }
    }
    return ranges
  }

  private static func find(in text: UnsafeRawBufferPointer, startsInString: Bool) -> [Range<Int>] {
    var open: [Int] = []
    var found: [Range<Int>] = []
    var isInString = startsInString
    var at = 0
    while at < text.count {
      let byte = text[at]
      switch byte {
      case UInt8(ascii: "\\") where isInString: at += 1
      case UInt8(ascii: "\""): isInString.toggle()
      case _ where isInString: break
      case UInt8(ascii: "{"):
        if open.count == maxDepth { open.removeAll(keepingCapacity: true) }
        open.append(at)
      case UInt8(ascii: "}"):
        guard let start = open.popLast() else { break }
        while let last = found.last, last.lowerBound > start { found.removeLast() }
        if isObject(text, start) { found.append(start..<at + 1) }
      default: break
      }
      at += 1
    }
    return found
  }

  private static func isObject(_ text: UnsafeRawBufferPointer, _ start: Int) -> Bool {
    var at = start + 1
    while at < text.count, text[at] == 0x20 || text[at] == 0x09 { at += 1 }
    return at < text.count && text[at] == UInt8(ascii: "\"")
  }

  /// Whether a text contains parts of a record that are not complete: a name and its colon outside of complete objects.
  static func looksTorn(_ text: UnsafeRawBufferPointer) -> Bool {
    var start = 0
    for range in find(in: text) + [text.count..<text.count] {
      if holdsMember(UnsafeRawBufferPointer(rebasing: text[start..<range.lowerBound])) { return true }
      start = range.upperBound
    }
    return false
  }

  /// Whether it contains `":`, which a value may follow, or ends with `{"`.
  private static func holdsMember(_ text: UnsafeRawBufferPointer) -> Bool {
    for at in text.indices.dropLast() where text[at] == UInt8(ascii: "\"") && text[at + 1] == UInt8(ascii: ":") { return true }
    for at in text.indices.dropLast() where text[at] == UInt8(ascii: "{") && text[at + 1] == UInt8(ascii: "\"") { return true }
    return false
  }

  /// Whether all brackets of a line that may continue are closed, and there were some.
  static func isClosed(_ text: UnsafeRawBufferPointer) -> Bool {
    var (depth, isInString, hasBrackets, at) = (0, false, false, 0)
    while at < text.count {
      switch text[at] {
      case UInt8(ascii: "\\") where isInString: at += 1
      case UInt8(ascii: "\"") where depth > 0: isInString.toggle()
      case _ where isInString: break
      case UInt8(ascii: "{"), UInt8(ascii: "["): (depth, hasBrackets) = (depth + 1, true)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): (depth, hasBrackets) = (depth - 1, true)
      default: break
      }
      at += 1
    }
    return hasBrackets && depth <= 0 && !isInString && (text.last == UInt8(ascii: "}") || text.last == UInt8(ascii: "]"))
  }
}

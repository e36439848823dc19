// Sorts attributes by name at low cost: each is first written as a member, then the written members are sorted. Sorting the names as
// Strings would retain each of them many times.

import Platform
import Tracing

/// The members of one object, in memory that is reused for the next.
struct MemberTexts: ~Copyable {
  private struct Member {
    var start, nameLength, end: Int
  }

  private var text = JSONText()
  private var members: [Member] = []

  /// Writes the attributes as one object.
  /// - Returns: False, with nothing written, if a name does not sort by its bytes.
  mutating func write(_ attributes: SpanAttributes, to output: inout JSONText) -> Bool {
    text.removeAll()
    members.removeAll(keepingCapacity: true)
    var isPlain = true
    // SpanAttributes is not a Sequence.
    // swift-format-ignore: ReplaceForEachWithForLoop
    attributes.forEach { name, value in
      let start = text.count
      guard isPlain, let nameLength = text.plainName(name) else {
        isPlain = false
        return
      }
      text.value(value)
      members.append(Member(start: start, nameLength: nameLength, end: text.count))
    }
    guard isPlain else { return false }
    // Moved out meanwhile, because the comparison reads the text of the same value.
    var ordered: [Member] = []
    swap(&ordered, &members)
    text.withBytes { bytes in
      MemberTexts.sort(&ordered, bytes)
      output.byte(UInt8(ascii: "{"))
      for (index, member) in ordered.enumerated() {
        if index > 0 { output.byte(UInt8(ascii: ",")) }
        output.raw(UnsafeRawBufferPointer(rebasing: bytes[member.start..<member.end]))
      }
      output.byte(UInt8(ascii: "}"))
    }
    swap(&ordered, &members)
    return true
  }

  /// Sorts by the bytes of the names, which are all different.
  private static func sort(_ members: inout [Member], _ bytes: UnsafeRawBufferPointer) {
    guard members.count > 1 else { return }
    members.sort { left, right in
      // After the quote.
      let order = memcmp(bytes.baseAddress! + left.start + 1, bytes.baseAddress! + right.start + 1, min(left.nameLength, right.nameLength))
      return order == 0 ? left.nameLength < right.nameLength : order < 0
    }
  }
}

// Printed JSON on a pipe of lines: a value over several lines is put together again.

/// Decides what a line is part of. A line that is only `{` begins a value, one that is only `}` (a comma may follow) at the same indentation ends
/// it. Lines that are only `[` or `]` are a list around such values, which come out one by one.
struct LineAssembly: Sendable {
  enum Step {
    /// The line is something by itself.
    case line
    /// The line is part of a value that goes on, or a bracket around values.
    case held
    /// The value that `bytes` holds is whole with this line.
    case value
    /// The value broke off before this line: what `bytes` holds are lines of their own.
    case torn
    /// The value became too long with this line. What follows of it is left out.
    case oversize(Int)
  }

  /// The lines of the open value, each behind a line break.
  private(set) var bytes: [UInt8] = []
  /// Where the open value began.
  private(set) var line: UInt64 = 0
  private(set) var offset: UInt64 = 0
  private(set) var isOpen = false
  private var indentation = 0
  private var isDiscarding = false

  /// - Parameter text: a line without the blanks behind it.
  @inline(__always)
  mutating func take(_ text: UnsafeRawBufferPointer, line: UInt64, offset: UInt64, maxBytes: Int) -> Step {
    // Nearly every line of a pipe ends with its own bracket.
    if !isOpen, text.count > 1, text[0] != 0x20, text[0] != 0x09 { return LineAssembly.isListEnd(text) ? .held : .line }
    return takeSlowly(text, line: line, offset: offset, maxBytes: maxBytes)
  }

  private mutating func takeSlowly(_ text: UnsafeRawBufferPointer, line: UInt64, offset: UInt64, maxBytes: Int) -> Step {
    let indent = text.firstIndex { $0 != 0x20 && $0 != 0x09 } ?? 0
    let content = UnsafeRawBufferPointer(rebasing: text[indent...])
    let isBeginning = content.count == 1 && content[0] == UInt8(ascii: "{")
    guard isOpen else {
      if content[0] == UInt8(ascii: "["), content.count == 1 { return .held }
      if LineAssembly.isListEnd(content) { return .held }
      guard isBeginning else { return .line }
      begin(text, indent, line, offset)
      return .held
    }
    // A record at the beginning of a line, or the beginning of a value that is not inside of this one: its writer died.
    if indent == 0, text.count > 1, text[0] == UInt8(ascii: "{"), text[1] == UInt8(ascii: "\"") { return end(.torn) }
    if isBeginning, indent <= indentation { return end(.torn) }
    let isEnd = indent == indentation && content[0] == UInt8(ascii: "}") && (content.count == 1 || content.elementsEqual(Array("},".utf8)))
    if isDiscarding { return isEnd ? end(.oversize(text.count + 1)) : .oversize(text.count + 1) }
    bytes += isEnd ? text.prefix(indent + 1) : text[...]
    bytes.append(0x0A)
    if isEnd { return end(.value) }
    guard bytes.count > maxBytes else { return .held }
    isDiscarding = true
    let count = bytes.count
    bytes = []
    return .oversize(count)
  }

  private static func isListEnd(_ content: UnsafeRawBufferPointer) -> Bool {
    content[0] == UInt8(ascii: "]") && (content.count == 1 || content.count == 2 && content[1] == UInt8(ascii: ","))
  }

  private mutating func begin(_ text: UnsafeRawBufferPointer, _ indent: Int, _ line: UInt64, _ offset: UInt64) {
    isOpen = true
    isDiscarding = false
    indentation = indent
    (self.line, self.offset) = (line, offset)
    bytes += text
    bytes.append(0x0A)
  }

  private mutating func end(_ step: Step) -> Step {
    isOpen = false
    return step
  }

  /// Takes the lines out, and the next value may begin.
  mutating func takeBytes() -> [UInt8] {
    defer { bytes = [] }
    isOpen = false
    return bytes
  }
}

// Values of a pipe that are printed over several lines, between its lines and its decoder. Such a value lies in no read buffer: formats copy what
// they keep of it.

extension RecordStream {
  /// Decodes a line, or the value that it is the last line of.
  mutating func assemble(_ text: UnsafeRawBufferPointer, offset: Int) {
    switch assembly.take(text, line: lineNumber, offset: lineOffset, maxBytes: maxLineBytes) {
    case .line:
      // An element of a printed list has a comma behind it.
      let isElement = text.count > 2 && text[text.count - 1] == UInt8(ascii: ",") && text[text.count - 2] == UInt8(ascii: "}")
      decode(isElement ? UnsafeRawBufferPointer(rebasing: text.dropLast()) : text, offset: offset)
    case .held: break
    case .value:
      let value = assembly.takeBytes()
      atPlaceOfAssembly { stream in value.withUnsafeBytes { stream.decode($0, offset: 0) } }
    case .torn:
      takeAssembledLines()
      assemble(text, offset: offset)
    case .oversize(let count):
      statistics.oversizeBytes += UInt64(count)
      guard assembly.line != latestOversize else { return }
      latestOversize = assembly.line
      statistics.oversizeLines += 1
      note("a value over several lines, longer than \(maxLineBytes) bytes: skipped")
    }
  }

  /// The lines of a value that broke off, each by itself.
  mutating func takeAssembledLines() {
    let lines = assembly.takeBytes()
    atPlaceOfAssembly { stream in
      for line in lines.split(separator: 0x0A) {
        line.withUnsafeBytes { stream.decode($0, offset: 0) }
        stream.place(line: stream.lineNumber + 1, offset: stream.lineOffset + UInt64(line.count + 1))
      }
    }
  }

  private mutating func atPlaceOfAssembly(_ body: (inout RecordStream) -> Void) {
    let here = (lineNumber, lineOffset)
    place(line: assembly.line, offset: assembly.offset)
    body(&self)
    place(line: here.0, offset: here.1)
  }
}

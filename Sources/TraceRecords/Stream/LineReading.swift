// Applies the record scanner to one line. What it does not accept, for any reason, is left to jansson: it returns nil and leaves no trace,
// so that jansson's result remains the only definition of what a line means.

extension LineScan {
  /// Reads the line at the cursor.
  /// - Parameter origin: the origin of the line's texts.
  /// - Returns: the bytes of the line without its newline; nil, and nothing in the batch, if the line is not accepted.
  @inline(__always)
  mutating func take(_ line: LineCursor, _ origin: TextOrigin, into batch: inout RecordBatch) -> Int? {
    let mark = batch.mark
    if LineScan.isOTLP(line) {
      if let end = addOTLP(line, origin, to: &batch), end.byte == UInt8(ascii: "\n") { return end.offset }
    } else {
      if let end = takeKnown(line, origin, to: &batch) { return end.offset }
      batch.rewind(to: mark)
      if let end = passNative(line), end.byte == UInt8(ascii: "\n"), addNative(line: line, origin, to: &batch) {
        learnNative(line, count: end.offset, origin, &batch)
        return end.offset
      }
    }
    batch.rewind(to: mark)
    return nil
  }
}

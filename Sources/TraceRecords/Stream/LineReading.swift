// The record scanner on one line. What it does not take, whatever the reason, is jansson's to judge: it says no and leaves no trace, so that jansson's
// reading stays the only definition of what a line means.

extension LineScan {
  /// Reads the line that the cursor stands on.
  /// - Parameter origin: where the texts of the line are told to lie.
  /// - Returns: the bytes of the line without its newline; nil, and nothing in the batch, where the line is not taken.
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

// Filling an array anew in the memory that it has. Analyses of many small traces one after the other would otherwise allocate a dozen
// arrays for each, which costs more than the analysis.

extension Array {
  /// Replaces the content by `count` times the value. Keeps the memory if that fits, but not memory that a much larger trace needed.
  @inline(__always)
  mutating func refill(_ value: Element, _ count: Int) {
    guard capacity >= count, capacity <= 4_096 || capacity / 4 <= count else {
      self = Array(repeating: value, count: count)
      return
    }
    // Not `removeAll(keepingCapacity:)`, which is a replacement by an empty collection and takes longer than the rest.
    if self.count > count { removeLast(self.count - count) }
    withUnsafeMutableBufferPointer { $0.update(repeating: value) }
    if self.count < count { append(contentsOf: repeatElement(value, count: count - self.count)) }
  }
}

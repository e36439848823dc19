// The seam between layers, which know what happened, and whatever carries records away.

/// Takes finished records. `send` never blocks and never fails towards the program.
public protocol RecordTransport: Sendable {
  /// What the transport calls this execution of the program in lines of its own, such as a session's marker. Records take the same name. Nil where it
  /// writes none.
  var run: String? { get }

  /// Takes one native record as one JSON object whose last member is `fields`, itself not empty: the text ends with `}}` and holds no newline.
  /// The transport adds what it knows (producer, sequence number) before these braces. The bytes are valid during the call only.
  func send(_ record: UnsafeRawBufferPointer)

  /// Waits until what was sent before is where it should go.
  /// - Parameter bound: The longest wait; a few milliseconds suffice where somebody reads.
  /// - Returns: False where something still waits.
  @discardableResult
  func flush(within bound: Duration) -> Bool

  /// Flushes, then ends what the transport runs (threads, connections). What is sent later is dropped and counted. A second call does nothing.
  /// - Parameter bound: The longest wait. What is not written by then is dropped and counted, too.
  func shutdown(within bound: Duration)
}

extension RecordTransport {
  /// None.
  public var run: String? { nil }
  /// True at once: for transports that keep nothing back.
  public func flush(within bound: Duration) -> Bool { true }
  /// Nothing: for transports that run nothing.
  public func shutdown(within bound: Duration) {}
}

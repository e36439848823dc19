// The interface between layers, which produce records, and transports, which deliver them.

/// Delivers finished records. `send` never blocks and never throws.
public protocol RecordTransport: Sendable {
  /// The transport's name for this execution of the program in lines of its own, such as a session marker. Records use the same name. Nil
  /// if the transport writes no such lines.
  var run: String? { get }

  /// Takes one native record as a JSON object whose last member is `fields`, which is not empty: the text ends with `}}` and contains no
  /// newline. The transport inserts its own members (producer, sequence number) before these braces. The bytes are valid only during the
  /// call.
  func send(_ record: UnsafeRawBufferPointer)

  /// Waits until everything sent before has been delivered.
  /// - Parameter bound: The longest wait. A few milliseconds are enough if a reader is present.
  /// - Returns: False if something was not delivered yet.
  @discardableResult
  func flush(within bound: Duration) -> Bool

  /// Flushes, then stops what the transport runs (threads, connections). Records sent later are dropped and counted. A second call does
  /// nothing.
  /// - Parameter bound: The longest wait. Records that are not written by then are dropped and counted too.
  func shutdown(within bound: Duration)
}

extension RecordTransport {
  /// Nil by default.
  public var run: String? { nil }
  /// Returns true at once: for transports that hold nothing back.
  public func flush(within bound: Duration) -> Bool { true }
  /// Does nothing: for transports that run nothing.
  public func shutdown(within bound: Duration) {}
}

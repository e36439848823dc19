// The seam between layers, which know what happened, and whatever carries records away.

/// Takes finished records. Implementations never block and never fail towards the program.
public protocol RecordTransport: Sendable {
  /// Takes one native record as one JSON object whose last member is `fields`, itself not empty: the text ends with `}}` and holds no newline.
  /// The transport adds what it knows (producer, sequence number) before these braces. The bytes are valid during the call only.
  func send(_ record: UnsafeRawBufferPointer)
}

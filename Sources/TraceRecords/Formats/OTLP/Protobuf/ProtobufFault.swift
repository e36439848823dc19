// What is wrong with the bytes of a protobuf message, and where.

/// A place at which the bytes are no protobuf. Small, because every step over a message may return it.
struct ProtobufFault: Error, Equatable {
  enum Reason: UInt8 {
    case endsEarly, longVarint, fieldZero, wireType, groupEnd, tooDeep
  }

  var offset: Int
  var reason: Reason

  var words: String {
    switch reason {
    case .endsEarly: "ends before its value does"
    case .longVarint: "a number of more than ten bytes"
    case .fieldZero: "a field whose number no message can have"
    case .wireType: "a wire type that protobuf does not have"
    case .groupEnd: "the end of a group that did not begin"
    case .tooDeep: "nested deeper than \(ProtobufCursor.maxDepth) levels"
    }
  }
}

/// The same with its place among the messages, for the people who sent it.
package struct ProtobufError: Error, Sendable, Equatable, CustomStringConvertible {
  /// From the start of the message.
  package var byteOffset: Int
  /// `resourceSpans[0].scopeSpans[1].spans[7].name`; empty at the top.
  package var path: String
  package var reason: String

  package var description: String { "byte \(byteOffset)\(path.isEmpty ? "" : " in \(path)"): \(reason)" }
}

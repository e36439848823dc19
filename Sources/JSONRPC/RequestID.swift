// The id that a client gives a request. The answer repeats it exactly as it was written, whatever JSON library wrote it.

package import JSON

/// A request's id: a string or a number.
///
/// Two ids are equal if they are the same JSON value: `"a"` and `"\u0061"`, 1 and 1.0. So a cancellation matches even if the client writes
/// the id in another way there.
package struct RequestID: Sendable, Hashable, CustomStringConvertible {
  /// The JSON text, as the client wrote it.
  package let text: [UInt8]
  private let identity: Identity

  private enum Identity: Sendable, Hashable {
    case integer(Int64)
    /// Compared as bytes: Swift's strings would treat "é" in NFC and in NFD as equal.
    case number([UInt8])
    case string([UInt8])
  }

  /// Nil if the value is neither a string nor a number.
  /// - Parameter message: the message that contains the id, for its exact text. Without it the text is what JSON writes for the value.
  package init?(_ value: JSONValue, in message: [UInt8]? = nil) {
    switch value {
    case .integer(let integer): identity = .integer(integer)
    case .number(let double):
      identity = Int64(exactly: double).map { .integer($0) } ?? .number(value.serialized)
    case .bigNumber(let digits): identity = .number(Array(digits.utf8))
    case .string(let string): identity = .string(Array(string.utf8))
    default: return nil
    }
    let written = message.flatMap { message in message.withUnsafeBytes { MemberScan.text(ofMember: "id", in: $0) } }
    text = written ?? RequestID.canonicalText(value)
  }

  package var description: String { String(decoding: text, as: UTF8.self) }

  package static func == (left: RequestID, right: RequestID) -> Bool { left.identity == right.identity }

  package func hash(into hasher: inout Hasher) { hasher.combine(identity) }

  private static func canonicalText(_ value: JSONValue) -> [UInt8] {
    if case .bigNumber(let digits) = value { Array(digits.utf8) } else { value.serialized }
  }
}

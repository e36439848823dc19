// Ids may contain secrets, for example a session token as a trace id. Inside the store an id is kept unchanged, because it identifies a
// span. Answers show it without the secret, with a number that distinguishes it from others that would look the same.

enum IdentifierText {
  /// The id as answers show it.
  /// - Parameter number: the number of the span, the trace or the run in its context.
  static func shown(_ id: UnsafeRawBufferPointer, number: Int, redacts: Bool) -> String {
    guard redacts, let cleaned = SecretScan.cleaned(id) else { return String(decoding: id, as: UTF8.self) }
    return "\(String(decoding: cleaned.bytes, as: UTF8.self))#\(number)"
  }

  static func shown(_ id: [UInt8], number: Int, redacts: Bool) -> String {
    id.withUnsafeBytes { shown($0, number: number, redacts: redacts) }
  }

  /// The number of an id that is shown without its secret; nil for other ids.
  static func number(of shown: String) -> Int? {
    guard shown.contains("[redacted:"), let sign = shown.utf8.lastIndex(of: UInt8(ascii: "#")) else { return nil }
    return Int(shown[shown.utf8.index(after: sign)...])
  }
}

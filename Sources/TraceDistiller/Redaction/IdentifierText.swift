// Ids that are texts may hold secrets: a session's token as the id of a trace. Inside of the store an id stays what it is, because it tells spans from each
// other; answers show it without its secrets, with a number that tells it from others that would look the same.

enum IdentifierText {
  /// The id as answers show it.
  /// - Parameter number: of the span, the trace or the run within what it is told beside.
  static func shown(_ id: UnsafeRawBufferPointer, number: Int, redacts: Bool) -> String {
    guard redacts, let cleaned = SecretScan.cleaned(id) else { return String(decoding: id, as: UTF8.self) }
    return "\(String(decoding: cleaned.bytes, as: UTF8.self))#\(number)"
  }

  static func shown(_ id: [UInt8], number: Int, redacts: Bool) -> String {
    id.withUnsafeBytes { shown($0, number: number, redacts: redacts) }
  }

  /// The number of an id that is shown without its secret; nil for all others.
  static func number(of shown: String) -> Int? {
    guard shown.contains("[redacted:"), let sign = shown.utf8.lastIndex(of: UInt8(ascii: "#")) else { return nil }
    return Int(shown[shown.utf8.index(after: sign)...])
  }
}

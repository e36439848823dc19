// Why a text was removed, and the mark that replaces it: a reader sees that something was there and of what kind, but nothing of it.

/// The kind of a redacted text, according to its key or its form.
package enum RedactionReason: UInt8, Sendable, CaseIterable {
  // Recognised by the key.
  case password = 1
  case secret, token, key, authorization, cookie, credentials
  // Recognised by the text itself.
  case jwt, awsKey, githubToken, slackToken, apiKey, privateKey, urlCredentials, cardNumber

  /// Replaces the text. A mark is never a secret itself, so that an export can be read back unchanged.
  package var mark: StaticString {
    switch self {
    case .password: "[redacted:password]"
    case .secret: "[redacted:secret]"
    case .token: "[redacted:token]"
    case .key: "[redacted:key]"
    case .authorization: "[redacted:authorization]"
    case .cookie: "[redacted:cookie]"
    case .credentials: "[redacted:credentials]"
    case .jwt: "[redacted:jwt]"
    case .awsKey: "[redacted:aws_key]"
    case .githubToken: "[redacted:github_token]"
    case .slackToken: "[redacted:slack_token]"
    case .apiKey: "[redacted:api_key]"
    case .privateKey: "[redacted:private_key]"
    case .urlCredentials: "[redacted:url_credentials]"
    case .cardNumber: "[redacted:card_number]"
    }
  }

  var markBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount) }

  private static let opening: StaticString = "[redacted:"

  /// The length of a mark at this position of the text; 0 if there is none.
  static func markLength(_ text: UnsafeRawBufferPointer, at start: Int) -> Int {
    let begin = opening.utf8CodeUnitCount
    guard text.count - start > begin, text[start] == UInt8(ascii: "[") else { return 0 }
    for offset in 0..<begin where text[start + offset] != opening.utf8Start[offset] { return 0 }
    var end = start + begin
    while end < text.count, end - start < 40, text[end] == UInt8(ascii: "_") || (0x61...0x7A).contains(text[end]) { end += 1 }
    return end < text.count && text[end] == UInt8(ascii: "]") ? end + 1 - start : 0
  }
}

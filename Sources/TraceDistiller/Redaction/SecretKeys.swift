// Whether a key names a secret. Only whole segments count, never parts of a word: `access_token` does, `input_tokens` and `author` do not.

/// What a key says about its value.
enum KeyVerdict: Equatable {
  case ordinary
  /// An id or an instant: its digits are not a card number.
  case identifier
  case secret(RedactionReason)
  /// Secret if the value does not look like a word that people write.
  case maybe(RedactionReason)

  /// Names the source location of a span.
  case code(CodeKey)

  /// The key does not cause any redaction.
  var isPlain: Bool {
    switch self {
    case .ordinary, .identifier, .code: true
    case .secret, .maybe: false
    }
  }

  /// Four bits for a cache; 0 means that the key was not classified yet.
  var code: UInt64 {
    switch self {
    case .ordinary: 8
    case .identifier: 9
    case .code(let key): UInt64(key.rawValue)
    case .secret(let reason): UInt64(reason.rawValue)
    // Doubtful keys have only three reasons, because four bits leave no more codes.
    case .maybe(.authorization): 13
    case .maybe(.token): 14
    case .maybe: 15
    }
  }

  init?(code: UInt64) {
    switch code {
    case 8: self = .ordinary
    case 9: self = .identifier
    case 10...12: self = .code(CodeKey(rawValue: UInt8(code))!)
    case 1...7: self = .secret(RedactionReason(rawValue: UInt8(code))!)
    case 13: self = .maybe(.authorization)
    case 14: self = .maybe(.token)
    case 15: self = .maybe(.secret)
    default: return nil
    }
  }
}

/// The part of a span's source location that a key names, in OpenTelemetry's new and old names. Decoders translate other formats to these
/// names.
enum CodeKey: UInt8, Sendable {
  /// These numbers follow those of the other verdicts.
  case file = 10
  case line, function

  init?(_ key: UnsafeRawBufferPointer) {
    guard key.count >= 11, key.count <= 18, key.starts(with: "code.".utf8) else { return nil }
    switch key.count {
    case 14 where key.elementsEqual("code.file.path".utf8): self = .file
    case 13 where key.elementsEqual("code.filepath".utf8): self = .file
    case 16 where key.elementsEqual("code.line.number".utf8): self = .line
    case 11 where key.elementsEqual("code.lineno".utf8): self = .line
    case 18 where key.elementsEqual("code.function.name".utf8): self = .function
    case 13 where key.elementsEqual("code.function".utf8): self = .function
    default: return nil
    }
  }
}

enum SecretKeys {
  /// - Complexity: O(length of the key).
  static func verdict(_ key: UnsafeRawBufferPointer) -> KeyVerdict {
    if let code = CodeKey(key) { return .code(code) }
    var reason: RedactionReason?
    var isDoubtful = false
    var previous: KeyWord?
    var start = 0
    while start < key.count {
      let end = segmentEnd(key, from: start)
      let word = word(key, start..<end)
      start = end
      while start < key.count, !isLetterOrDigit(key[start]) { start += 1 }
      let hadReason = reason != nil && !isDoubtful
      switch word {
      case .secret(.token):
        // `secret` may qualify what follows; a position in a list does not.
        if case .place = previous { reason = nil } else { reason = .token }
        isDoubtful = false
      case .secret(let found): (reason, isDoubtful) = (found, false)
      case .maybe(let found):
        if !hadReason { (reason, isDoubtful) = (found, true) }
      case .key:
        switch previous {
        case .keyOwner, .account, .maybe: (reason, isDoubtful) = (.key, false)
        default: if reason == .secret { reason = .key }
        }
      case .short:
        switch previous {
        case .account, .keyOwner: (reason, isDoubtful) = (.password, false)
        default: if !hadReason { (reason, isDoubtful) = (.secret, true) }
        }
      case .word: if case .short = previous { (reason, isDoubtful) = (.password, false) }
      case .about, .identifier: reason = nil
      case .keyOwner, .account, .place, nil: if isDoubtful { reason = nil }
      }
      previous = word
    }
    if let reason { return isDoubtful ? .maybe(reason) : .secret(reason) }
    if case .identifier = previous { return .identifier }
    return .ordinary
  }

  /// Letters and digits up to a separator or to a new word in camel case: `APIKey` is `API` and `Key`.
  private static func segmentEnd(_ key: UnsafeRawBufferPointer, from start: Int) -> Int {
    if !isLetterOrDigit(key[start]) { return start + 1 }
    var end = start + 1
    while end < key.count, isLetterOrDigit(key[end]) {
      if isUpper(key[end]), !isUpper(key[end - 1]) || end + 1 < key.count && isLower(key[end + 1]) { break }
      end += 1
    }
    return end
  }

  private static func word(_ key: UnsafeRawBufferPointer, _ range: Range<Int>) -> KeyWord? {
    var end = range.upperBound
    while end > range.lowerBound, isDigit(key[end - 1]) { end -= 1 }
    if let known = KeyWordTable.Packed(key, range.lowerBound..<end).flatMap({ KeyWordTable.shared.meaning($0) }) { return known }
    return end - range.lowerBound > 6 ? ending(key, range.lowerBound..<end) : nil
  }

  /// Words that are written as one with what they belong to: `rpcpassword`, `googleapikey`.
  private static func ending(_ key: UnsafeRawBufferPointer, _ range: Range<Int>) -> KeyWord? {
    switch key[range.upperBound - 1] | 0x20 {
    case UInt8(ascii: "d"), UInt8(ascii: "e"), UInt8(ascii: "y"), UInt8(ascii: "t"): break
    default: return nil
    }
    for (word, reason) in endings where range.count > word.utf8CodeUnitCount {
      let part = key[(range.upperBound - word.utf8CodeUnitCount)..<range.upperBound]
      let isSame = word.withUTF8Buffer { letters in part.elementsEqual(letters) { $0 | 0x20 == $1 } }
      if isSame { return .secret(reason) }
    }
    return nil
  }

  private static let endings: [(StaticString, RedactionReason)] = [
    ("password", .password), ("passwd", .password), ("passphrase", .password), ("apikey", .key), ("secret", .secret),
  ]

  @inline(__always) private static func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
  @inline(__always) private static func isLower(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }
  @inline(__always) private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
  /// Bytes beyond ASCII belong to words of other languages.
  @inline(__always) private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20) &- 0x61 < 26 || byte >= 0x80
  }
}

/// Cached verdicts of one trace, by text number of the key: a stream uses the same few keys again and again.
struct KeyVerdicts: Sendable {
  // The first 32 numbers need no allocation: most traces are small.
  private var first: UInt64 = 0
  private var second: UInt64 = 0
  private var rest: [UInt8] = []

  var allocatedBytes: Int { HeapBytes.ofArray(rest.capacity) }

  /// The verdict of a key and its number, computed only once.
  @inline(__always)
  mutating func verdict(_ number: UInt32, _ key: UnsafeRawBufferPointer) -> KeyVerdict {
    if let known = KeyVerdict(code: code(number)) { return known }
    let verdict = SecretKeys.verdict(key)
    remember(verdict.code, number)
    return verdict
  }

  /// Whether a key is known to have no special meaning.
  @inline(__always)
  func isOrdinary(_ number: UInt32) -> Bool { code(number) & 14 == 8 }

  @inline(__always)
  private func code(_ number: UInt32) -> UInt64 {
    if number < 16 { return first >> UInt64(number * 4) & 15 }
    if number < 32 { return second >> UInt64((number - 16) * 4) & 15 }
    return number - 32 < rest.count ? UInt64(rest[Int(number - 32)]) : 0
  }

  private mutating func remember(_ code: UInt64, _ number: UInt32) {
    if number < 16 {
      first |= code << UInt64(number * 4)
      return
    }
    if number < 32 {
      second |= code << UInt64((number - 16) * 4)
      return
    }
    let place = Int(number - 32)
    // A trace with a million names does not get a large table for a few keys.
    guard place < 4_096 else { return }
    if place >= rest.count { rest.append(contentsOf: repeatElement(0, count: place + 1 - rest.count)) }
    rest[place] = UInt8(code)
  }
}

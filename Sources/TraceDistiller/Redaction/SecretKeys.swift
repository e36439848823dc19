// Whether a key names a secret. Whole segments decide, never parts of a word: `access_token` does, `input_tokens` and `author` do not.

/// What a key says of its value.
enum KeyVerdict: Equatable {
  case ordinary
  /// An id or an instant: digits in it are no card number.
  case identifier
  case secret(RedactionReason)
  /// Names where in the code a span is.
  case code(CodeKey)

  /// Four bits for a cache; 0 stands for a key that nobody looked at yet.
  var code: UInt64 {
    switch self {
    case .ordinary: 8
    case .identifier: 9
    case .code(let key): UInt64(key.rawValue)
    case .secret(let reason): UInt64(reason.rawValue)
    }
  }

  init?(code: UInt64) {
    switch code {
    case 8: self = .ordinary
    case 9: self = .identifier
    case 10...12: self = .code(CodeKey(rawValue: UInt8(code))!)
    case 1...7: self = .secret(RedactionReason(rawValue: UInt8(code))!)
    default: return nil
    }
  }
}

/// What a key says of a span's place in the code, in OpenTelemetry's names, new and old: decoders give those of other formats these names.
enum CodeKey: UInt8, Sendable {
  /// Numbers behind those of other verdicts.
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
  /// What a segment of a key means for it.
  private enum Word {
    /// Its value is secret, unless what follows speaks of something about it.
    case secret(RedactionReason)
    /// With `key` after it, a secret: `api_key`, `privateKey`.
    case keyOwner
    case key
    /// Something about a secret, not the secret: `token_count`, `password.length`, `cookie_name`.
    case about
    /// With `token` after it, a place in a list or a text: `next_token`, `unexpected_token`.
    case place
    /// About a secret as well, and at the end of any key an id or an instant.
    case identifier
  }

  private static let words: [String: Word] = {
    var words: [String: Word] = [:]
    func add(_ word: Word, _ segments: String) { for segment in segments.split(separator: " ") { words[String(segment)] = word } }
    add(
      .secret(.password),
      "password passwords passwd passwds pwd passphrase passcode userpassword dbpassword rootpassword pgpassword mysqlpwd otp totp cvv cvc")
    add(.secret(.secret), "secret secrets clientsecret appsecret secretkey")
    add(
      .secret(.token),
      "token accesstoken refreshtoken authtoken idtoken sessiontoken bearertoken apitoken csrftoken xsrftoken securitytoken")
    add(.secret(.key), "apikey xapikey accesskey privatekey signingkey encryptionkey accountkey sharedkey")
    add(.secret(.authorization), "authorization")
    add(.secret(.cookie), "cookie cookies setcookie sessid phpsessid jsessionid")
    add(.secret(.credentials), "credential credentials creds")
    add(.keyOwner, "api access private signing encryption auth master account shared app")
    add(.key, "key keys")
    add(
      .about,
      """
      count counts counter length len size type kind name names expiry expires expire expired expiration ttl age url uri endpoint path policy version \
      valid invalid validity present required missing used usage limit limits budget index position status state source provider algorithm algo \
      field per max min total cost price detail details bytes chars seconds duration latency hits rate enabled disabled decision result outcome \
      method scheme mode error errors code reason issuer audience scope scopes rotation rotated changed updated created reset flow store manager \
      service client server handler parser strategy format prefix encoding probability logprob logprobs tokens domain
      """)
    add(
      .place,
      "next previous prev page continuation cancellation cancel pagination first last stop eos bos pad sync unexpected unknown syntax")
    add(
      .identifier,
      "id ids uuid guid oid orderid userid requestid traceid spanid timestamp ts time at ms us ns nano nanos micros millis sequence seq")
    return words
  }()

  /// - Complexity: O(length of the key).
  static func verdict(_ key: UnsafeRawBufferPointer) -> KeyVerdict {
    if let code = CodeKey(key) { return .code(code) }
    var reason: RedactionReason?
    var previous: Word?
    var start = 0
    while start < key.count {
      let end = segmentEnd(key, from: start)
      let word = word(key, start..<end)
      start = end
      while start < key.count, !isLetterOrDigit(key[start]) { start += 1 }
      switch word {
      case .secret(.token):
        // `secret` may own what follows; a place in a list does not.
        if case .place = previous { reason = nil } else { reason = .token }
      case .secret(let found): reason = found
      case .key: if case .keyOwner = previous { reason = .key } else if reason == .secret { reason = .key }
      case .about, .identifier: reason = nil
      case .keyOwner, .place, nil: break
      }
      previous = word
    }
    if let reason { return .secret(reason) }
    if case .identifier = previous { return .identifier }
    return .ordinary
  }

  /// Letters and digits up to a separator or to where camel case begins a new word: `APIKey` is `API` and `Key`.
  private static func segmentEnd(_ key: UnsafeRawBufferPointer, from start: Int) -> Int {
    if !isLetterOrDigit(key[start]) { return start + 1 }
    var end = start + 1
    while end < key.count, isLetterOrDigit(key[end]) {
      if isUpper(key[end]), !isUpper(key[end - 1]) || end + 1 < key.count && isLower(key[end + 1]) { break }
      end += 1
    }
    return end
  }

  private static func word(_ key: UnsafeRawBufferPointer, _ range: Range<Int>) -> Word? {
    var end = range.upperBound
    while end > range.lowerBound, isDigit(key[end - 1]) { end -= 1 }
    // Fifteen bytes make a string that needs no memory of its own; no word of ours is longer.
    guard (2...15).contains(end - range.lowerBound) else { return nil }
    let text = String(unsafeUninitializedCapacity: end - range.lowerBound) { buffer in
      for offset in 0..<end - range.lowerBound {
        let byte = key[range.lowerBound + offset]
        buffer[offset] = isUpper(byte) ? byte | 0x20 : byte
      }
      return end - range.lowerBound
    }
    return words[text]
  }

  @inline(__always) private static func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
  @inline(__always) private static func isLower(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }
  @inline(__always) private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
  /// What lies beyond ASCII belongs to words of other languages.
  @inline(__always) private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20) &- 0x61 < 26 || byte >= 0x80
  }
}

/// Verdicts of one trace by the number of the key's text: a stream says the same few keys again and again.
struct KeyVerdicts: Sendable {
  // The first 32 numbers need no memory of their own: most traces are small.
  private var first: UInt64 = 0
  private var second: UInt64 = 0
  private var rest: [UInt8] = []

  var allocatedBytes: Int { HeapBytes.ofArray(rest.capacity) }

  /// The verdict of a key with its number, which is found only once.
  @inline(__always)
  mutating func verdict(_ number: UInt32, _ key: UnsafeRawBufferPointer) -> KeyVerdict {
    if let known = KeyVerdict(code: code(number)) { return known }
    let verdict = SecretKeys.verdict(key)
    remember(verdict.code, number)
    return verdict
  }

  /// Whether a key is known to say nothing in particular.
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
    // A trace of a million names keeps no table of them for a few keys.
    guard place < 4_096 else { return }
    if place >= rest.count { rest.append(contentsOf: repeatElement(0, count: place + 1 - rest.count)) }
    rest[place] = UInt8(code)
  }
}

// Decides whether the value of a key that names a secret is really a secret, or one of the harmless values that programs write there.

import TraceRecords

enum SecretValues {
  /// Words about a secret that are not secrets. In lower case, with `-` and `_` unchanged.
  private static let words: Set<String> = Set(
    """
    null nil none true false yes no on off undefined unset empty default unknown present missing absent required optional include omit same-origin \
    allowed denied granted refused rejected accepted approved declined forbidden unauthorized authorized permitted valid invalid incorrect wrong \
    expired revoked active inactive pending enabled disabled loaded ok success successful succeeded failed failure error basic bearer digest negotiate \
    ntlm oauth oauth2 oidc saml ldap kerberos anonymous public private plain file env environment vault keychain iam managed static dynamic cached \
    refreshed rotated created updated deleted changed reset set open closed all necessary essential strict lax secure session redacted hidden masked \
    filtered removed sanitized encrypted hashed must should is was not for with and or the from to in of password token secret key string number \
    identifier ident integer eof comment keyword operator semicolon weak strong too mismatch verified unverified provided given found generated \
    rotation ready used unused renewed acquired stored
    """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init))

  /// Whether nothing has to be hidden: placeholders, redaction marks, flags, paths, names.
  /// - Complexity: O(length).
  static func isHarmless(_ value: UnsafeRawBufferPointer, _ reason: RedactionReason) -> Bool {
    guard value.count > 2, let first = value.first else { return true }
    let mark = RedactionReason.markLength(value, at: 0)
    // Without quotes the value ends before the bracket.
    if mark > 0, mark - value.count <= 1, mark >= value.count { return true }
    // `****`, `xxxx`, `....`.
    if first == UInt8(ascii: "*") || first == UInt8(ascii: "x") || first == UInt8(ascii: "."), value.allSatisfy({ $0 == first }) {
      return true
    }
    // `$1`, `${NAME}`, `{{ name }}`, `%s`, `<name>`, `?`, `:name`.
    if isPlaceholder(value, first) || isPath(value, first) { return true }
    if value.count <= 16, words.contains(lowered(value)) { return true }
    switch reason {
    // Types of tokens in compilers and markets: `SEMICOLON`, `USDC`.
    case .token:
      return value.count <= 16 && value.allSatisfy { $0 &- 0x41 < 26 || $0 == UInt8(ascii: "_") } || isNumber(value) && value.count <= 6
    case .cookie, .key: return isNumber(value) && value.count <= 6
    // `26.2.1`: a version.
    case .password: return isVersion(value)
    default: return false
    }
  }

  /// Whether a value looks random: long, without gaps, with letters and digits mixed.
  static func isRandom(_ value: UnsafeRawBufferPointer) -> Bool {
    guard value.count >= 16 else { return false }
    var (digits, letters) = (0, 0)
    for byte in value {
      if byte &- 0x30 < 10 {
        digits += 1
      } else if (byte | 0x20) &- 0x61 < 26 {
        letters += 1
      } else {
        switch byte {
        case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
          UInt8(ascii: "~"),
          UInt8(ascii: "%"):
          break
        default: return false
        }
      }
    }
    return digits >= 3 && letters >= 3
  }

  /// Whether an unquoted word after a colon is a secret rather than the next word of a sentence.
  static func looksChosen(_ value: UnsafeRawBufferPointer) -> Bool {
    if value.count >= 20 { return true }
    var hasSmall = false
    for (place, byte) in value.enumerated() {
      if byte &- 0x61 < 26 {
        hasSmall = true
      } else if byte &- 0x41 < 26 {
        // A capital after the first letter of a word that has lower-case letters.
        if place > 0, hasSmall { return true }
      } else if byte != UInt8(ascii: "."), byte != UInt8(ascii: "'"), byte < 0x80 {
        return true
      }
    }
    return false
  }

  private static func isPlaceholder(_ value: UnsafeRawBufferPointer, _ first: UInt8) -> Bool {
    let last = value[value.count - 1]
    switch first {
    case UInt8(ascii: "$"):
      return value[1] == UInt8(ascii: "{") || value[1] == UInt8(ascii: "(") || value.dropFirst().allSatisfy { $0 &- 0x30 < 10 }
        || value.dropFirst().allSatisfy { $0 &- 0x41 < 26 || $0 == UInt8(ascii: "_") }
    case UInt8(ascii: "{"): return value[1] == UInt8(ascii: "{") && last == UInt8(ascii: "}")
    case UInt8(ascii: "<"): return last == UInt8(ascii: ">")
    case UInt8(ascii: "["): return last == UInt8(ascii: "]")
    case UInt8(ascii: "%"): return value.count <= 3
    case UInt8(ascii: ":"), UInt8(ascii: "@"):
      // The name of a statement's parameter.
      return value.dropFirst().allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 == UInt8(ascii: "_") }
    default: return false
    }
  }

  /// `/home/ada`, `~/x`, `./x`, `C:\\x`.
  private static func isPath(_ value: UnsafeRawBufferPointer, _ first: UInt8) -> Bool {
    let rest: Slice<UnsafeRawBufferPointer>
    switch first {
    case UInt8(ascii: "/"): rest = value[1...]
    case UInt8(ascii: "~") where value[1] == UInt8(ascii: "/"), UInt8(ascii: ".") where value[1] == UInt8(ascii: "/"): rest = value[2...]
    case _
    where (first | 0x20) &- 0x61 < 26 && value[1] == UInt8(ascii: ":") && (value[2] == UInt8(ascii: "\\") || value[2] == UInt8(ascii: "/")):
      rest = value[3...]
    default: return false
    }
    return rest.allSatisfy {
      ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x2D < 13 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: " ")
        || $0 >= 0x80
    }
  }

  private static func isNumber(_ value: UnsafeRawBufferPointer) -> Bool { value.allSatisfy { $0 &- 0x30 < 10 } }

  private static func isVersion(_ value: UnsafeRawBufferPointer) -> Bool {
    value.contains(UInt8(ascii: ".")) && value.allSatisfy { $0 &- 0x30 < 10 || $0 == UInt8(ascii: ".") }
  }

  private static func lowered(_ value: UnsafeRawBufferPointer) -> String {
    String(unsafeUninitializedCapacity: value.count) { buffer in
      for place in 0..<value.count { buffer[place] = value[place] &- 0x41 < 26 ? value[place] | 0x20 : value[place] }
      return value.count
    }
  }
}

extension RedactionReason {
  /// Whether a numeric value under such a key is a secret. Otherwise a number is more likely to be a count of tokens, keys or cookies.
  var coversNumbers: Bool { self == .password }
}

extension KeyVerdict {
  /// Why an attribute's value must be removed because of its key; nil if it stays. Booleans reveal nothing, and existing marks stay.
  func reason(for value: AttributeValue, _ texts: BatchTexts) -> RedactionReason? {
    switch (self, value) {
    case (.secret(let reason), .string(let range)): return SecretValues.isHarmless(texts[range], reason) ? nil : reason
    // `[]`, `{}`.
    case (.secret(let reason), .json(let range)): return range.count > 2 ? reason : nil
    case (.secret(let reason), .integer), (.secret(let reason), .double): return reason.coversNumbers ? reason : nil
    case (.maybe(let reason), .string(let range)): return SecretValues.isRandom(texts[range]) ? reason : nil
    default: return nil
    }
  }
}

extension AttributeValue {
  var isJSON: Bool { if case .json = self { true } else { false } }
}

/// An attribute's value without its secrets.
struct CleanedValue {
  var bytes: [UInt8]
  var count: Int
  var isJSON: Bool
}

extension Attribute {
  /// The value without what its key or its own form shows to be secret; nil if there is nothing to remove.
  func cleaned(_ texts: BatchTexts) -> CleanedValue? {
    if let reason = SecretKeys.verdict(texts[key]).reason(for: value, texts) {
      return CleanedValue(bytes: Array(reason.markBytes), count: 1, isJSON: false)
    }
    switch value {
    case .string(let range), .json(let range):
      guard let text = SecretScan.cleaned(texts[range], key: texts[key], isJSON: value.isJSON) else { return nil }
      return CleanedValue(bytes: text.bytes, count: text.count, isJSON: value.isJSON)
    case .integer, .double, .bool: return nil
    }
  }
}

extension AttributeValue {
  /// The number of bytes of its text; 0 if it is not a text.
  var textCount: Int {
    switch self {
    case .string(let range), .json(let range): Int(range.count)
    case .integer, .double, .bool: 0
    }
  }
}

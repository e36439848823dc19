// Parses a span's status and kind in every form that producers write. An unknown value is reported as unread, not treated as the default.

extension SpanStatus {
  /// OpenTelemetry's three statuses as numbers, digits, or words in any case with or without the enumeration's name: `2`, `"Error"`,
  /// `STATUS_CODE_ERROR`, `StatusCode.ERROR`. Missing or null means unset; nil for an unknown value.
  init?(reported node: (some FieldValue)?) {
    guard let node, !node.isNull else {
      self = .unset
      return
    }
    if let number = node.integer {
      self.init(number: number)
    } else if let text = node.text {
      self.init(word: text)
    } else if let real = node.double {
      self.init(number: Int64(exactly: real) ?? -1)
    } else {
      return nil
    }
  }

  /// OpenTelemetry's numbers.
  private init?(number: Int64) {
    switch number {
    case 0: self = .unset
    case 1: self = .ok
    case 2: self = .error
    default: return nil
    }
  }

  init?(word text: UnsafeRawBufferPointer) {
    switch SpanWord(text, without: ["statuscode.", "status_code_", "status."]).text {
    case "", "unset", "0": self = .unset
    case "ok", "1": self = .ok
    case "error", "2": self = .error
    default: return nil
    }
  }
}

extension SpanKind {
  /// OpenTelemetry's five kinds as words in any case, with or without the enumeration's name (`SPAN_KIND_CLIENT`, `SpanKind.CLIENT`), or as
  /// numbers. Missing or null means unspecified; nil for an unknown value.
  /// - Parameter first: the number of `internal`: 1 in OTLP, 0 in the SDK for JavaScript.
  init?(reported node: (some FieldValue)?, first: Int64 = 1) {
    guard let node, !node.isNull else {
      self = .unspecified
      return
    }
    if let text = node.text {
      let word = SpanWord(text, without: ["spankind.", "span_kind_", "kind_"]).text
      if let number = Int64(word) { self.init(number: number, first) } else { self.init(word: word) }
    } else if let number = node.double.flatMap({ Int64(exactly: $0) }) {
      self.init(number: number, first)
    } else {
      return nil
    }
  }

  private init?(number: Int64, _ first: Int64) {
    guard number >= 0, number < 6, let kind = SpanKind(rawValue: UInt8(number + 1 - first)) else { return nil }
    self = kind
  }

  private init?(word: String) {
    switch word {
    case "", "unspecified", "unset": self = .unspecified
    case "internal": self = .internal
    case "server": self = .server
    case "client": self = .client
    case "producer": self = .producer
    case "consumer": self = .consumer
    default: return nil
    }
  }
}

/// A short word in lower case, without the name of its enumeration.
private struct SpanWord {
  let text: String

  init(_ bytes: UnsafeRawBufferPointer, without prefixes: [String]) {
    // All known words are shorter, so a longer text is not examined.
    guard bytes.count <= 32 else {
      text = "?"
      return
    }
    let word = String(decoding: bytes, as: UTF8.self).lowercased()
    let prefix = prefixes.first { word.hasPrefix($0) } ?? ""
    text = String(word.dropFirst(prefix.count))
  }
}

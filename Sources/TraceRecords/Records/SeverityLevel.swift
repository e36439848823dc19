// The level of a log line: the five levels of Rust's `tracing`, to which swift-log's and OpenTelemetry's are mapped.

package enum SeverityLevel: UInt8, Sendable, BitwiseCopyable, Comparable, CaseIterable {
  case trace, debug, info, warn, error

  package static func < (left: SeverityLevel, right: SeverityLevel) -> Bool { left.rawValue < right.rawValue }

  /// The name in native records.
  package var name: String {
    switch self {
    case .trace: "TRACE"
    case .debug: "DEBUG"
    case .info: "INFO"
    case .warn: "WARN"
    case .error: "ERROR"
    }
  }

  /// Parses a level in any case, with the usual synonyms; nil for other words.
  package init?(_ text: UnsafeRawBufferPointer) {
    guard let first = text.first else { return nil }
    switch (first | 0x20, text.count) {
    case (UInt8(ascii: "t"), 5): self = .trace
    case (UInt8(ascii: "d"), 5): self = .debug
    case (UInt8(ascii: "i"), 4), (UInt8(ascii: "n"), 6): self = .info  // NOTICE
    case (UInt8(ascii: "w"), 4), (UInt8(ascii: "w"), 7): self = .warn
    case (UInt8(ascii: "e"), 5), (UInt8(ascii: "e"), 3), (UInt8(ascii: "f"), 5), (UInt8(ascii: "c"), 8): self = .error  // FATAL, CRITICAL
    default: return nil
    }
  }
}

extension SeverityLevel {
  /// Parses a level in the forms of loggers of all languages, in any case; nil for other words. Slower than parsing native records, which
  /// relies on the position of the word.
  package init?(word: String) {
    switch word.prefix(16).lowercased() {
    case "trace", "verbose", "finest", "finer", "silly", "trc", "vrb": self = .trace
    case "debug", "fine", "config", "dbg": self = .debug
    case "info", "information", "informational", "notice", "inf", "default", "log", "http": self = .info
    case "warn", "warning", "wrn": self = .warn
    case "error", "err", "fatal", "critical", "crit", "severe", "alert", "emerg", "emergency", "panic", "dpanic", "ftl", "fail":
      self = .error
    default: return nil
    }
  }
}

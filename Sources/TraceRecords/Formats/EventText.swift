// The message and level of a span's event in any format: one rule for the names that OpenTracing, OpenTelemetry and their bridges use.

/// Collects the name and the fields of one event, and derives its message and level.
///
/// The message is the event's name, unless the name is generic (none, `log`, `event`, `message`) or that of an exception. Then the message
/// is the first of these that exists: the field `message`, the exception's type and text, `error.object`, `body`, `log.message`.
struct EventText {
  private var name: String
  private var field = "", exceptionType = "", exceptionText = "", errorObject = "", body = "", logMessage = "", event = ""
  private var toldLevel: SeverityLevel?
  private var isEscaped = false

  init(name: String) { self.name = name }

  /// The name is known last. Without a name of its own, one that is told as OpenTracing's `event` counts.
  mutating func settle(name told: String) { name = told.isEmpty ? event : told }

  /// Whether a field with that name is used here. Most are not.
  static func reads(_ key: UnsafeRawBufferPointer) -> Bool {
    guard key.count >= 4, key.count <= 17, let first = key.first else { return false }
    return "bemsl".utf8.contains(first)
  }

  /// Adds a field whose value is a text, or a boolean as text.
  mutating func take(_ key: UnsafeRawBufferPointer, _ value: @autoclosure () -> String) {
    guard EventText.reads(key) else { return }
    switch key {
    case "message": field = value()
    case "event": event = value()
    case "exception.type", "error.kind", "error.type": exceptionType = value()
    case "exception.message", "error.message": exceptionText = value()
    case "exception.escaped": isEscaped = value().lowercased() == "true"
    case "error.object": errorObject = value()
    case "body": body = value()
    case "log.message": logMessage = value()
    case "level", "severity", "severity_text", "log.severity": toldLevel = toldLevel ?? SeverityLevel(word: value())
    default: break
    }
  }

  /// The exception's type and text; empty if there is none.
  var exception: String {
    let text = exceptionText.isEmpty ? errorObject : exceptionText
    return OTLPMark.exceptionMessage(type: exceptionType, message: text)
  }

  /// Whether the event is a failure.
  var isException: Bool { name == "exception" || name == "error" || (isNameSilent && !exception.isEmpty) }

  /// Whether the message is the name.
  var isNamed: Bool { !isNameSilent && name != "exception" && name != "error" }

  private var isNameSilent: Bool { ["", "log", "event", "message"].contains(name.lowercased()) }

  var message: String {
    if name == "exception" || name == "error" { return first(exception, field, body, logMessage) }
    return isNameSilent ? first(field, exception, body, logMessage) : name
  }

  private func first(_ texts: String...) -> String { texts.first { !$0.isEmpty } ?? name }

  /// The level that the event gives. If it gives none, an exception is an error if its span failed because of it or it escaped the span,
  /// and otherwise a warning.
  func level(isSpanFailed: Bool) -> SeverityLevel {
    toldLevel ?? (isException ? (isSpanFailed || isEscaped ? .error : .warn) : .info)
  }
}

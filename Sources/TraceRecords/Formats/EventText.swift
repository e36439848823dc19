// What an event of a span says, whichever format it came in: one rule for the names that OpenTracing, OpenTelemetry and their bridges use.

/// Takes the name and the fields of one event, one by one, and tells its message and how serious it is.
///
/// An event's name is its message, unless it says nothing (none, `log`, `event`, `message`) or is that of an exception: then the message is the field
/// `message`, the exception's type and text, `error.object`, `body` or `log.message`, the first that there is.
struct EventText {
  private var name: String
  private var field = "", exceptionType = "", exceptionText = "", errorObject = "", body = "", logMessage = "", event = ""
  private var toldLevel: SeverityLevel?
  private var isEscaped = false

  init(name: String) { self.name = name }

  /// The name is known last. Without a name of its own, one that is told as OpenTracing's `event` counts.
  mutating func settle(name told: String) { name = told.isEmpty ? event : told }

  /// Whether a field of that name may say something here. Nearly every one does not.
  static func reads(_ key: UnsafeRawBufferPointer) -> Bool {
    guard key.count >= 4, key.count <= 17, let first = key.first else { return false }
    return "bemsl".utf8.contains(first)
  }

  /// Takes a field whose value is a text, or a flag as text.
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

  /// The exception's type and text; empty where there is none.
  var exception: String {
    let text = exceptionText.isEmpty ? errorObject : exceptionText
    return OTLPMark.exceptionMessage(type: exceptionType, message: text)
  }

  /// Whether the event is that of a failure.
  var isException: Bool { name == "exception" || name == "error" || (isNameSilent && !exception.isEmpty) }

  /// Whether the name is the message.
  var isNamed: Bool { !isNameSilent && name != "exception" && name != "error" }

  private var isNameSilent: Bool { ["", "log", "event", "message"].contains(name.lowercased()) }

  var message: String {
    if name == "exception" || name == "error" { return first(exception, field, body, logMessage) }
    return isNameSilent ? first(field, exception, body, logMessage) : name
  }

  private func first(_ texts: String...) -> String { texts.first { !$0.isEmpty } ?? name }

  /// What the event says of itself; else an exception is an error where it made its span fail or left it, and a warning where it did not.
  func level(isSpanFailed: Bool) -> SeverityLevel {
    toldLevel ?? (isException ? (isSpanFailed || isEscaped ? .error : .warn) : .info)
  }
}

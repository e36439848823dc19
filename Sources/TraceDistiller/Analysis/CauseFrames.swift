// The place in the program's own code that caused a failure. An exception is often recorded first by a library, whose stack trace ends at
// the library's entry point. A caller that recorded the same exception has the frames above it.

import TraceRecords

extension DistilledTrace {
  /// The maximum number of callers to search, and of events in each.
  private static var mostCallers: Int { 64 }
  private static var mostEvents: Int { 8 }

  /// The program's own frames, the innermost first: from the failure's own stack trace, else from the nearest caller that recorded the same
  /// failure. If no stack trace has own frames, the innermost frame of all.
  /// - Parameters:
  ///   - type: the exception's type; empty if it is not known.
  ///   - message: the exception's message.
  func frames(stack: String, type: String, message: String, row: Int, limit: Int) -> [StackFrame] {
    let own = StackTrace.own(stack, limit: limit)
    if !own.isEmpty { return own }
    var reader = FailureAttributes(snapshot.storage)
    var above = Int(tree.parent[row])
    var asked = 0
    while above >= 0, asked < DistilledTrace.mostCallers {
      asked += 1
      if !tree.flags[above].isDisjoint(with: [.hasErrorLog, .hasWarning]) {
        let frames = frames(ofSame: type, message, above, &reader, limit: limit)
        if !frames.isEmpty { return frames }
      }
      above = Int(tree.parent[above])
    }
    return StackTrace.top(stack, limit: limit)
  }

  private func frames(ofSame type: String, _ message: String, _ row: Int, _ reader: inout FailureAttributes, limit: Int) -> [StackFrame] {
    let storage = snapshot.storage
    var next = storage.spans[row].lastEvent
    var asked = 0
    while next != SpanRow.none, asked < DistilledTrace.mostEvents {
      let event = storage.events[Int(next)]
      next = event.previous
      guard event.level == .error || event.level == .warn else { continue }
      asked += 1
      var (otherType, otherMessage, stack) = ("", "", "")
      reader.read(event.attributes, .exceptionType, .exceptionMessage, .stack) { meaning, value in
        switch meaning {
        case .exceptionType: otherType = value.text
        case .exceptionMessage: otherMessage = value.text
        default: stack = value.text
        }
      }
      let isSame = type == otherType && message == otherMessage
      // An exception that was raised from this one contains its message in the stack trace.
      let isNamed = !message.isEmpty && FailureWording.find(Array(message.utf8), in: Array(stack.utf8))
      guard isSame || isNamed else { continue }
      let own = StackTrace.own(stack, limit: limit)
      if !own.isEmpty { return own }
    }
    return []
  }

  /// Where the program makes a call, according to the span itself or to the nearest caller that says so. Nil if none does.
  func callPlace(of row: Int) -> StackFrame? {
    var reader = FailureAttributes(snapshot.storage)
    var current = row
    for _ in 0..<3 where current >= 0 {
      var (file, line) = ("", 0)
      reader.read(snapshot.storage.spans[current].attributes, .file, .line) { meaning, value in
        if meaning == .file { file = value.text } else { line = Int(value.text) ?? 0 }
      }
      if !file.isEmpty, ForeignCode.isOwn(function: "", file: file) {
        return StackFrame(function: "", file: file, line: line, isOwn: true)
      }
      current = Int(tree.parent[current])
    }
    return nil
  }

  /// Where in the program's own code a span's failure came from; nil if no record says so.
  func failurePlace(of row: Int) -> StackFrame? {
    let logs = snapshot.storage.events(ofRow: row, limit: 4, where: { $0 == .error || $0 == .warn })
    for log in logs {
      func text(_ key: String) -> String {
        for attribute in log.attributes where attribute.key == key { if case .string(let text) = attribute.value { return text } }
        return ""
      }
      let stack = text("exception.stacktrace")
      guard !stack.isEmpty else { continue }
      let frames = frames(stack: stack, type: text("exception.type"), message: text("exception.message"), row: row, limit: 1)
      if let first = frames.first { return first }
    }
    return nil
  }
}

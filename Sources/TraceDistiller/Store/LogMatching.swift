// The meaning of the trace filter for a module log: the log is matched against the conditions for spans and for traces, as far as they
// apply to logs.

extension TraceQuery {
  /// Whether a log matches the filter's service, target, run, instant, attributes and texts.
  package func matches(_ log: ModuleLog) -> Bool {
    if let since = trace.since, log.timeUnixNano < since { return false }
    if let until = trace.until, log.timeUnixNano > until { return false }
    if let target = span.target, !target.matches(log.target ?? "") { return false }
    if let service = span.service, !service.matches(log.service ?? "") { return false }
    if let run = trace.run, !run.matches(log.run ?? "") { return false }
    // Attributes are read only if needed: most matching texts are in the message.
    var wanted = span.texts
    if !wanted.isEmpty {
      let message = log.message
      wanted.removeAll { $0.matches(message) }
    }
    guard !span.attributes.isEmpty || !wanted.isEmpty else { return true }
    let found = log.attributes
    let hasAll = span.attributes.allSatisfy { key, value in
      found.contains { $0.key.utf8.elementsEqual(key.utf8) && $0.value.text.utf8.elementsEqual(value.utf8) }
    }
    return hasAll && wanted.allSatisfy { text in found.contains { text.matches($0.value.text) } }
  }
}

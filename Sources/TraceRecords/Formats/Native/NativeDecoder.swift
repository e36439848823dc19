// Native records (records.md, section 1, every variant), read from jansson's tree. This is the reference that faster scanners
// are held against.

package import JSON

package struct NativeDecoder: RecordDecoder {
  private let limits: JSONLimits

  package init(limits: JSONLimits = JSONLimits()) { self.limits = limits }

  package mutating func decode(_ line: UnsafeRawBufferPointer, offset: Int, into batch: inout RecordBatch) throws(RecordError)
    -> LineOutcome
  {
    let tree: JanssonTree
    do { tree = try JanssonTree(parsing: line, limits: limits, repair: .text) } catch { throw .json(error) }
    guard let outcome = try decode(tree, into: &batch) else { throw .unrecognised(ValueNode(tree.root).described) }
    return outcome
  }

  private func decode(_ tree: borrowing JanssonTree, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    try NativeDecoder.decode(ValueNode(tree.root), repairs: tree.repairs, into: &batch)
  }

  /// Takes a line that carries one of the native markers; nil where it does not.
  static func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    guard root.isObject else { return nil }
    let members = NativeMembers(of: root)
    guard let kind = members.kind else { return nil }
    var builder = NativeRecordBuilder(members: members, kind: kind, repairs: repairs)
    return try builder.build(into: &batch)
  }
}

/// The members of a native line that mean something, wherever the variant keeps them: at the top (legacy, span lines) or in `fields`.
struct NativeMembers {
  enum Layout { case fields, top, spanLine }

  var layout = Layout.fields
  var timestamp, level, target, logType, message, fields, type, name: ValueNode?
  var eventType, traceID, spanID, parentID, spanName, durationMs, startTimestamp: ValueNode?
  var attributes, events, kindName, links, file, line, function, status, statusMessage: ValueNode?
  var run, producer, seq, firstSeq, lastSeq, count, reason: ValueNode?
  var sessionStart, sessionID, innerLogType, service: ValueNode?
  /// The SDK for JavaScript also writes `"type":"span"`, with names of its own.
  private var hasForeignIDs = false
  /// The span in which a module log was written: at the top in the original, in `fields` where our layers write it.
  var span: ValueNode?

  init(of root: ValueNode) {
    root.forEachMember { key, value in takeTop(key, value) }
    if let type, type.text != nil { layout = type.text!.equals("span") ? .spanLine : .top }
    if let fields, fields.isObject { fields.forEachMember { key, value in takeField(key, value) } }
  }

  private mutating func takeTop(_ key: UnsafeRawBufferPointer, _ value: ValueNode) {
    switch key {
    case "fields": fields = value
    case "timestamp": timestamp = value
    case "level": level = value
    case "target": target = value
    case "log_type": logType = value
    case "message": message = value
    case "type": type = value
    case "name": name = value
    case "id", "span_id": spanID = value
    case "trace_id": traceID = value
    case "traceId": hasForeignIDs = true
    case "parent_id": parentID = value
    case "duration_ms": durationMs = value
    case "attributes": attributes = value
    case "events": events = value
    case "status": status = value
    case "span": span = value
    default: break
    }
  }

  /// The members of `fields` that are ours; everything else in there is the program's own.
  private mutating func takeField(_ key: UnsafeRawBufferPointer, _ value: ValueNode) {
    switch key {
    case "event_type": eventType = value
    case "trace_id": traceID = value
    case "span_id": spanID = value
    case "parent_id": parentID = value
    case "span_name": spanName = value
    case "duration_ms": durationMs = value
    case "start_timestamp": startTimestamp = value
    case "attributes": attributes = value
    case "kind": kindName = value
    case "links": links = value
    case "file": file = value
    case "line": line = value
    case "function": function = value
    case "status": status = value
    case "status_message": statusMessage = value
    case "service": service = value
    case "run": run = value
    case "producer": producer = value
    case "seq": seq = value
    case "first_seq": firstSeq = value
    case "last_seq": lastSeq = value
    case "count": count = value
    case "reason": reason = value
    case "session_start": sessionStart = value
    case "session_id": sessionID = value
    case "log_type", "log.type": innerLogType = value
    case "span" where NativeMembers.isSpanContext(value): span = value
    default: break
    }
  }

  /// What the line is, by its markers; nil where it carries none of them.
  var kind: RecordKind? {
    if let type = type?.text {
      if type.equals("span_start") { return .spanStart }
      if type.equals("span_end") { return .spanEnd }
      if type.equals("log") { return .log }
      if type.equals("span") { return hasForeignIDs && traceID == nil ? nil : .span }
    }
    // In the old variants; an event of Rust's tracing may have a field of that name, but no message beside its fields.
    let inner = message == nil ? nil : innerLogType
    if let logType = logType?.text ?? inner?.text {
      if logType.equals("module") { return .moduleLog }
      if logType.equals("trace") { return eventKind }
    }
    if sessionStart != nil || (message?.text?.equals("SESSION_START") ?? false) { return .session }
    return nil
  }

  private var eventKind: RecordKind? {
    guard let event = eventType?.text else { return nil }
    if event.equals("span_start") { return .spanStart }
    if event.equals("span_end") { return .spanEnd }
    if event.equals("log") { return .log }
    if event.equals("span") { return .span }
    if event.equals("gap") { return .gap }
    return nil
  }

  /// Whether a value names a span and its trace; any other `span` is the program's own.
  static func isSpanContext(_ value: ValueNode) -> Bool {
    guard value.isObject else { return false }
    var (hasTrace, hasSpan) = (false, false)
    value.forEachMember { key, _ in
      if key.equals("trace_id") { hasTrace = true }
      if key.equals("span_id") { hasSpan = true }
    }
    return hasTrace && hasSpan
  }

  /// Whether a member of `fields` has a meaning of ours in a record of this kind; the others are attributes.
  static func isReserved(_ key: UnsafeRawBufferPointer, kind: RecordKind) -> Bool {
    // `crc32c` is the seal of a journal's line.
    for name in everywhere where key.equals(name) { return true }
    if kind == .moduleLog { return false }
    for name in reserved where key.equals(name) { return true }
    return false
  }

  private static let everywhere: [StaticString] = ["log_type", "log.type", "producer", "seq", "crc32c"]
  private static let reserved: [StaticString] = [
    "event_type", "trace_id", "span_id", "parent_id", "span_name", "duration_ms", "start_timestamp", "attributes", "kind", "links", "file",
    "line", "function", "status", "status_message", "service", "run", "message",
  ]
}

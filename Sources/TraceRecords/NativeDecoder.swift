// Native records (records.md, section 1, every variant), read from jansson's tree. This is the reference that faster scanners
// are held against.

package import JSON

package struct NativeDecoder: RecordDecoder {
  private let limits: JSONLimits

  package init(limits: JSONLimits = JSONLimits()) { self.limits = limits }

  package mutating func decode(_ line: UnsafeRawBufferPointer, offset: Int, into batch: inout RecordBatch) throws(RecordError) {
    let tree: JanssonTree
    do { tree = try JanssonTree(parsing: line, limits: limits, repair: .text) } catch { throw .json(error) }
    guard tree.root.isObject else { throw .unrecognised("a JSON value that is no object") }
    let members = NativeMembers(of: tree.root)
    guard let kind = members.kind else { throw .unrecognised(NativeDecoder.describe(tree.root)) }
    var builder = NativeRecordBuilder(members: members, kind: kind, repairs: tree.repairs)
    try builder.build(into: &batch)
  }

  /// The names at the top of an unknown object: what a person needs to see which program writes here.
  private static func describe(_ root: JanssonNode) -> String {
    var names: [String] = []
    root.forEachMember { key, _ in if names.count < 6 { names.append(String(decoding: key.prefix(40), as: UTF8.self)) } }
    return names.isEmpty ? "an empty object" : "an object with " + names.joined(separator: ", ")
  }
}

/// The members of a native line that mean something, wherever the variant keeps them: at the top (legacy, span lines) or in `fields`.
struct NativeMembers {
  enum Layout { case fields, top, spanLine }

  var layout = Layout.fields
  var timestamp, level, target, logType, message, fields, type, name: JanssonNode?
  var eventType, traceID, spanID, parentID, spanName, durationMs, startTimestamp: JanssonNode?
  var attributes, events, kindName, links, file, line, function, status, statusMessage: JanssonNode?
  var run, producer, seq, firstSeq, lastSeq, count, reason: JanssonNode?
  var sessionStart, sessionID, innerLogType, service: JanssonNode?

  init(of root: JanssonNode) {
    root.forEachMember { key, value in takeTop(key, value) }
    if let type, type.text != nil { layout = type.text!.equals("span") ? .spanLine : .top }
    if let fields, fields.isObject { fields.forEachMember { key, value in takeField(key, value) } }
  }

  private mutating func takeTop(_ key: UnsafeRawBufferPointer, _ value: JanssonNode) {
    if key.equals("fields") { fields = value }
    else if key.equals("timestamp") { timestamp = value }
    else if key.equals("level") { level = value }
    else if key.equals("target") { target = value }
    else if key.equals("log_type") { logType = value }
    else if key.equals("message") { message = value }
    else if key.equals("type") { type = value }
    else if key.equals("name") { name = value }
    else if key.equals("id") || key.equals("span_id") { spanID = value }
    else if key.equals("trace_id") { traceID = value }
    else if key.equals("parent_id") { parentID = value }
    else if key.equals("duration_ms") { durationMs = value }
    else if key.equals("attributes") { attributes = value }
    else if key.equals("events") { events = value }
    else if key.equals("status") { status = value }
  }

  /// The members of `fields` that are ours; everything else in there is the program's own.
  private mutating func takeField(_ key: UnsafeRawBufferPointer, _ value: JanssonNode) {
    if key.equals("event_type") { eventType = value }
    else if key.equals("trace_id") { traceID = value }
    else if key.equals("span_id") { spanID = value }
    else if key.equals("parent_id") { parentID = value }
    else if key.equals("span_name") { spanName = value }
    else if key.equals("duration_ms") { durationMs = value }
    else if key.equals("start_timestamp") { startTimestamp = value }
    else if key.equals("attributes") { attributes = value }
    else if key.equals("kind") { kindName = value }
    else if key.equals("links") { links = value }
    else if key.equals("file") { file = value }
    else if key.equals("line") { line = value }
    else if key.equals("function") { function = value }
    else if key.equals("status") { status = value }
    else if key.equals("status_message") { statusMessage = value }
    else if key.equals("service") { service = value }
    else if key.equals("run") { run = value }
    else if key.equals("producer") { producer = value }
    else if key.equals("seq") { seq = value }
    else if key.equals("first_seq") { firstSeq = value }
    else if key.equals("last_seq") { lastSeq = value }
    else if key.equals("count") { count = value }
    else if key.equals("reason") { reason = value }
    else if key.equals("session_start") { sessionStart = value }
    else if key.equals("session_id") { sessionID = value }
    else if key.equals("log_type") || key.equals("log.type") { innerLogType = value }
  }

  /// What the line is, by its markers; nil where it carries none of them.
  var kind: RecordKind? {
    if let type = type?.text {
      if type.equals("span_start") { return .spanStart }
      if type.equals("span_end") { return .spanEnd }
      if type.equals("log") { return .log }
      if type.equals("span") { return .span }
    }
    if let logType = logType?.text ?? innerLogType?.text {
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

  /// Whether a member of `fields` has a meaning of ours in a record of this kind; the others are attributes.
  static func isReserved(_ key: UnsafeRawBufferPointer, kind: RecordKind) -> Bool {
    if key.equals("log_type") || key.equals("log.type") || key.equals("producer") || key.equals("seq") { return true }
    if kind == .moduleLog { return false }
    for name in reserved where key.equals(name) { return true }
    return false
  }

  private static let reserved: [StaticString] = [
    "event_type", "trace_id", "span_id", "parent_id", "span_name", "duration_ms", "start_timestamp", "attributes", "kind", "links", "file",
    "line", "function", "status", "status_message", "service", "run", "message",
  ]
}

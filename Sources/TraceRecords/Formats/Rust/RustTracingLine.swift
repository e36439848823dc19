// The members of one line of Rust's `tracing-subscriber` `fmt().json()`, and the kind of the line.

import JSON

/// `{timestamp, level, target, fields{message, …}, filename?, line_number?, span?{name, …}, spans?[{name, …} …], threadName?, threadId?}`.
/// With `flatten_event(true)` the members of `fields` are beside the others.
struct RustTracingLine {
  enum Kind { case new, enter, exit, close, event }

  private(set) var timestamp, level, target, fields, span, spans, file, line, threadID, threadName, message, traceID, spanID: ValueNode?
  /// The object with the fields: `fields`, or the line itself.
  private let root: ValueNode
  private var isForeign = false

  init(_ root: ValueNode) {
    self.root = root
    // Of two members with one name the first is the line's, the other a field of its flattened event.
    func set(_ member: inout ValueNode?, _ value: ValueNode) { if member == nil { member = value } }
    root.forEachMember { key, value in
      switch key {
      case "timestamp": set(&timestamp, value)
      case "level": set(&level, value)
      case "target": set(&target, value)
      case "fields": set(&fields, value)
      case "span": set(&span, value)
      case "spans": set(&spans, value)
      case "filename": set(&file, value)
      case "line_number": set(&line, value)
      case "threadId": set(&threadID, value)
      case "threadName": set(&threadName, value)
      case "message": set(&message, value)
      case "trace_id", "traceId": set(&traceID, value)
      case "span_id", "spanId": set(&spanID, value)
      // Native records and similar ones.
      case "log_type", "type": isForeign = true
      default: break
      }
    }
    if let fields, fields.isObject { message = fields.member("message") }
  }

  /// Whether the line has this format, by members that no other format has: a level as a word beside `fields` or beside target and message,
  /// and a span with a name and no id.
  var isOwn: Bool {
    guard !isForeign, level?.text.flatMap({ SeverityLevel($0) }) != nil else { return false }
    if let span, !span.isNull, span.member("name")?.text == nil { return false }
    if let spans, !spans.isArray { return false }
    if let fields { return fields.isObject && (target?.text != nil || span != nil || spans != nil) && root.member("message") == nil }
    return timestamp?.text != nil && target?.text != nil && (message?.text != nil || span != nil)
  }

  /// Lines of a span's life contain nothing else; an event may also have the message `new`.
  var kind: Kind {
    guard span != nil, let fields, let message = message?.text else { return .event }
    let others = fields.count - 1
    switch message {
    case "new" where others == 0: return .new
    case "enter" where others == 0: return .enter
    case "exit" where others == 0: return .exit
    case "close" where others == 0 || (others == 2 && fields.member("time.busy") != nil && fields.member("time.idle") != nil): return .close
    default: return .event
    }
  }

  /// The duration of a span that closes; nil if its program records no times.
  var elapsedNanos: Int64? {
    guard let busy = fields?.member("time.busy")?.text.flatMap({ ElapsedText.nanos($0) }),
      let idle = fields?.member("time.idle")?.text.flatMap({ ElapsedText.nanos($0) })
    else { return nil }
    let (sum, overflow) = busy.addingReportingOverflow(idle)
    return overflow || sum > Timestamp.limit ? nil : sum
  }

  /// Visits the fields of an event, except its message.
  func forEachField(_ body: (UnsafeRawBufferPointer, ValueNode) -> Void) {
    if let fields {
      fields.forEachMember { key, value in if !key.equals("message") || value.text == nil { body(key, value) } }
    } else {
      var seen: UInt32 = 0
      root.forEachMember { key, value in
        guard let index = RustTracingLine.names.firstIndex(where: { key.equals($0) }), seen & 1 << index == 0 else {
          return body(key, value)
        }
        seen |= 1 << index
      }
    }
  }

  private static let names: [StaticString] = [
    "timestamp", "level", "target", "fields", "span", "spans", "filename", "line_number", "threadId", "threadName", "message",
  ]
}

// The member names that have a meaning in a native record, in any variant.

enum NativeName: UInt8, CaseIterable {
  case fields, timestamp, level, target, logType, message, type, name, id, spanID, traceID, parentID, durationMs, attributes,
    events, status, span, eventType, spanName, startTimestamp, kind, links, file, line, function, statusMessage, service,
    run, producer, seq, firstSeq, lastSeq, count, reason, sessionStart, sessionID, dottedLogType, crc32c, foreignTraceID, workingDirectory

  static let all = ScannedNames(allCases.map(\.text))

  @inline(__always)
  var bit: UInt64 { 1 << UInt64(rawValue) }

  static func bits(_ names: NativeName...) -> UInt64 { names.reduce(0) { $0 | $1.bit } }

  /// The name that equals a key.
  init?(_ key: UnsafeRawBufferPointer) { self.init(rawValue: NativeName.all.find(key)) }

  var text: StaticString {
    switch self {
    case .fields: "fields"
    case .timestamp: "timestamp"
    case .level: "level"
    case .target: "target"
    case .logType: "log_type"
    case .message: "message"
    case .type: "type"
    case .name: "name"
    case .id: "id"
    case .spanID: "span_id"
    case .traceID: "trace_id"
    case .parentID: "parent_id"
    case .durationMs: "duration_ms"
    case .attributes: "attributes"
    case .events: "events"
    case .status: "status"
    case .span: "span"
    case .eventType: "event_type"
    case .spanName: "span_name"
    case .startTimestamp: "start_timestamp"
    case .kind: "kind"
    case .links: "links"
    case .file: "file"
    case .line: "line"
    case .function: "function"
    case .statusMessage: "status_message"
    case .service: "service"
    case .run: "run"
    case .producer: "producer"
    case .seq: "seq"
    case .firstSeq: "first_seq"
    case .lastSeq: "last_seq"
    case .count: "count"
    case .reason: "reason"
    case .sessionStart: "session_start"
    case .sessionID: "session_id"
    case .dottedLogType: "log.type"
    case .crc32c: "crc32c"
    case .foreignTraceID: "traceId"
    case .workingDirectory: "working_directory"
    }
  }
}

extension MemberList {
  @inline(__always)
  subscript(name: NativeName) -> ScannedValue? { value(name.rawValue) }
}

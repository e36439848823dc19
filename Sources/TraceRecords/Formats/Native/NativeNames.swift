// The names that mean something in a native record, wherever a variant keeps them.

enum NativeName: UInt8, CaseIterable {
  case fields, timestamp, level, target, logType, message, type, name, id, spanID, traceID, parentID, durationMs, attributes,
    events, status, span, eventType, spanName, startTimestamp, kind, links, file, line, function, statusMessage, service,
    run, producer, seq, firstSeq, lastSeq, count, reason, sessionStart, sessionID, dottedLogType, crc32c

  static let all = ScannedNames(allCases.map(\.text))

  /// Members of `fields` that are no attributes, a bit a name: of any record, and of records of spans. `NativeMembers.isReserved` says the same of
  /// text.
  static let reservedEverywhere = bits(.logType, .dottedLogType, .producer, .seq, .crc32c)
  static let reservedInSpans =
    reservedEverywhere
    | bits(
      .eventType, .traceID, .spanID, .parentID, .spanName, .durationMs, .startTimestamp, .attributes, .kind, .links, .file, .line,
      .function,
      .status, .statusMessage, .service, .run, .message)

  private static func bits(_ names: NativeName...) -> UInt64 { names.reduce(0) { $0 | 1 << UInt64($1.rawValue) } }

  private var text: StaticString {
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
    }
  }
}

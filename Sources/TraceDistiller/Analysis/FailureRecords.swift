// The failures of a trace as the records reported them: ERROR and WARN logs, exceptions, and spans with only an error status.

import TraceRecords

/// One failure or warning. Texts are numbers in `FailureTexts`.
struct FailureRecord {
  var row: Int32
  /// The log line; -1 if only the span's status reports the failure.
  var event: Int32
  var time: Int64
  var isError: Bool
  /// The exception's type, or the code that is used if there is no message.
  var type: Int32 = 0
  /// The log's text, the exception's message or the status message.
  var message: Int32 = 0
  /// Type and message together, as programs print them.
  var full: Int32 = 0
  /// The exception in a log that also has its own text.
  var carried: Int32 = 0
  /// The status message of the span.
  var status: Int32 = 0
  var isException: Bool { event >= 0 && type != 0 }
}

/// The attributes of a failed span or of a log line that describe a failure.
struct FailureAttributes {
  enum Meaning: UInt8 {
    case unknown, other, exceptionType, exceptionMessage, stack, status, errorType, httpStatus, rpcStatus, file, line
  }

  private let storage: TraceStorage
  /// By number of the key, up to the largest number seen.
  private var meanings: [Meaning] = []

  init(_ storage: TraceStorage) { self.storage = storage }

  /// Passes the wanted attributes to the body, the latest value of each last. Other attributes are not read: a stack trace is long.
  mutating func read(_ block: UInt32, _ wanted: Meaning..., body: (Meaning, DistilledAttribute.Value) -> Void) {
    guard block != SpanRow.none else { return }
    let wanted = wanted.reduce(UInt16(0)) { $0 | 1 << UInt16($1.rawValue) }
    // Mostly there is one block.
    guard storage.arena.withBlock(block, { $0.previous }) != SpanRow.none else { return readOne(block, wanted, body) }
    for block in storage.arena.chain(of: block) { readOne(block, wanted, body) }
  }

  private mutating func readOne(_ block: UInt32, _ wanted: UInt16, _ body: (Meaning, DistilledAttribute.Value) -> Void) {
    storage.arena.withBlock(block) { cursor in
      while cursor.next() {
        let meaning = meaning(cursor.key)
        guard wanted & 1 << UInt16(meaning.rawValue) != 0 else { continue }
        switch cursor.tag {
        case .integer: body(meaning, cursor.value)
        case .string, .json: body(meaning, .string(String(decoding: cursor.text, as: UTF8.self)))
        case .double, .true, .false: break
        }
      }
    }
  }

  private mutating func meaning(_ key: UInt32) -> Meaning {
    if key >= meanings.count { meanings.append(contentsOf: repeatElement(.unknown, count: Int(key) + 1 - meanings.count)) }
    if meanings[Int(key)] == .unknown {
      meanings[Int(key)] =
        switch storage.texts.reference(key).map({ storage.arena.string($0) }) ?? "" {
        case "exception.type": .exceptionType
        case "exception.message": .exceptionMessage
        case "exception.stacktrace": .stack
        case "error.type": .errorType
        case "http.response.status_code", "http.status_code": .httpStatus
        case "rpc.grpc.status_code": .rpcStatus
        case "code.file.path", "code.filepath": .file
        case "code.line.number", "code.lineno": .line
        case TraceStorage.statusMessageName: .status
        default: .other
        }
    }
    return meanings[Int(key)]
  }

  /// Used if the program gave no message: `503`, `HTTP 404`, `gRPC 14`.
  mutating func code(_ block: UInt32) -> String {
    var (errorType, http, rpc) = ("", "", "")
    read(block, .errorType, .httpStatus, .rpcStatus) { meaning, value in
      let text = value.text
      switch meaning {
      case .errorType: errorType = text
      case .httpStatus: if let code = Int(text), (400...599).contains(code) { http = "HTTP \(code)" }
      case .rpcStatus: if text != "0" { rpc = "gRPC \(text)" }
      default: break
      }
    }
    // A bare code is less informative than the code with its protocol.
    if !http.isEmpty, errorType.isEmpty || http.hasSuffix(" " + errorType) { return http }
    return !errorType.isEmpty ? errorType : rpc
  }
}

/// All failures of a trace, by row.
struct FailureRecords {
  private(set) var records: [FailureRecord] = []
  private(set) var texts = FailureTexts()
  /// The first record of each row, and the next record of the same row; -1 marks the end.
  private(set) var first: [Int32] = []
  private var next: [Int32] = []
  private let storage: TraceStorage
  private var attributes: FailureAttributes

  /// - Parameter isWanted: Selects rows; nil for all.
  init(_ trace: DistilledTrace, isWanted: [Bool]?) {
    storage = trace.snapshot.storage
    attributes = FailureAttributes(storage)
    let storage = storage
    var events: [Int32] = []
    storage.events.visitAll { index, event in
      guard event.level == .error || event.level == .warn, isWanted?[Int(event.span)] ?? true else { return }
      events.append(Int32(index))
    }
    var silent: [Int32] = []
    if storage.failedCount > 0 {
      storage.spans.visitAll { row, span in
        guard span.flags.contains(.failed), !span.flags.contains(.hasErrorLog), isWanted?[row] ?? true else { return }
        silent.append(Int32(row))
      }
    }
    guard !events.isEmpty || !silent.isEmpty else { return }
    records.reserveCapacity(events.count + silent.count)
    for event in events { add(event: event) }
    for row in silent { add(statusOf: row, at: trace.tree.end[Int(row)]) }
    first = Array(repeating: -1, count: storage.spans.count)
    next = Array(repeating: -1, count: records.count)
    for index in records.indices.reversed() {
      next[index] = first[Int(records[index].row)]
      first[Int(records[index].row)] = Int32(index)
    }
  }

  /// The failures of one row. Exceptions come first because they are the most informative, then by time and text. The order of records has
  /// no effect.
  func ofRow(_ row: Int) -> [Int] {
    var found: [Int] = []
    var index = first[row]
    if index >= 0, next[Int(index)] < 0 { return [Int(index)] }
    while index >= 0 {
      found.append(Int(index))
      index = next[Int(index)]
    }
    if found.count > 1 { found.sort { isBefore($0, $1) } }
    return found
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    let (left, right) = (records[left], records[right])
    if left.isError != right.isError { return left.isError }
    if left.isException != right.isException { return left.isException }
    if left.time != right.time { return left.time < right.time }
    if left.full != right.full { return texts.text(left.full).lexicographicallyPrecedes(texts.text(right.full)) }
    return texts.text(left.carried).lexicographicallyPrecedes(texts.text(right.carried))
  }

  mutating func stack(ofEvent index: Int32) -> [UInt8] {
    var stack: [UInt8] = []
    attributes.read(storage.events[Int(index)].attributes, .stack) { _, value in stack = Array(value.text.utf8) }
    return stack
  }

  private mutating func add(event index: Int32) {
    let event = storage.events[Int(index)]
    var record = FailureRecord(row: Int32(event.span), event: index, time: event.time, isError: event.level == .error)
    let (type, exception) = exception(event.attributes)
    let text = storage.arena.withBytes(event.message) { texts.number($0) }
    record.message = text
    record.type = texts.number(Array(type.utf8))
    let told = texts.number(Array(OTLPMark.exceptionMessage(type: type, message: exception).utf8))
    if told != 0 {
      let message = texts.number(Array(exception.utf8))
      if text == told || text == message || text == 0 {
        (record.message, record.full) = (message, told)
      } else {
        (record.full, record.carried) = (text, told)
      }
    } else {
      record.full = text
    }
    record.status = statusMessage(storage.spans[Int(event.span)].attributes)
    records.append(record)
  }

  private mutating func add(statusOf row: Int32, at time: Int64) {
    var record = FailureRecord(row: row, event: -1, time: time, isError: true)
    let block = storage.spans[Int(row)].attributes
    record.message = statusMessage(block)
    record.status = record.message
    record.full = record.message
    if record.message == 0 { record.type = texts.number(Array(attributes.code(block).utf8)) }
    records.append(record)
  }

  private mutating func exception(_ block: UInt32) -> (type: String, message: String) {
    var (type, message) = ("", "")
    attributes.read(block, .exceptionType, .exceptionMessage) { meaning, value in
      guard case .string(let text) = value else { return }
      if meaning == .exceptionType { type = text }
      if meaning == .exceptionMessage { message = text }
    }
    return (type, message)
  }

  private mutating func statusMessage(_ block: UInt32) -> Int32 {
    var found: String?
    attributes.read(block, .status) { _, value in if case .string(let text) = value { found = text } }
    return found?.withUTF8 { texts.number(UnsafeRawBufferPointer($0)) } ?? 0
  }
}

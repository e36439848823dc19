// How files hold binary OTLP: one message, or many with their lengths before them. Told by their contents, never by a name.

/// What stands between the messages of a file.
enum OTLPFraming: CaseIterable, Sendable {
  /// Messages one behind the other, which protobuf reads as one.
  case none
  /// A length as protobuf has them before each (`writeDelimitedTo`).
  case varint
  /// A length of four bytes, the highest first: the Collector's file exporter with `format: proto`.
  case bigEndian

  enum Verdict: Equatable {
    case no
    /// The beginning is too short to tell.
    case unknown
    case yes(OTLPFraming, OTLPSignal)
  }

  /// So much of a file may be needed to tell: a resource is before the first span.
  static let headBytes = 256 << 10

  /// Whether a file is binary OTLP: it is where the first span, log record or metric in it is one by all that must be in it.
  /// - Parameter isWhole: nothing follows the head.
  static func recognise(_ head: UnsafeRawBufferPointer, isWhole: Bool) -> Verdict {
    var isUnknown = false
    for framing in allCases {
      switch framing.begins(head) {
      case .no: continue
      case .unknown: isUnknown = true
      case .at(let range):
        var isOpen = false
        if let signal = signal(of: head, range, &isOpen) { return .yes(framing, signal) }
        if isOpen { isUnknown = true }
      }
    }
    return isUnknown && !isWhole && head.count < headBytes ? .unknown : .no
  }

  private enum Beginning {
    case no, unknown
    /// Where the first message lies, as far as it is there.
    case at(Range<Int>)
  }

  private func begins(_ head: UnsafeRawBufferPointer) -> Beginning {
    guard let (start, count) = length(head, at: 0) else { return head.count < 10 ? .unknown : .no }
    guard start < head.count else { return .unknown }
    // Every message begins with its first resource.
    guard head[start] == 0x0A, count == nil || count! > 1 else { return .no }
    return .at(start..<(count.map { min(head.count, start + $0) } ?? head.count))
  }

  /// Where the message begins whose frame begins at `at`, and how long it is; nil where that is not there, or longer than any message.
  func length(_ bytes: UnsafeRawBufferPointer, at place: Int) -> (start: Int, count: Int?)? {
    switch self {
    case .none: return (place, nil)
    case .varint:
      guard let base = bytes.baseAddress else { return nil }
      var cursor = ProtobufCursor(base, place..<bytes.count)
      guard let count = try? cursor.varint(), count <= UInt64(OTLPProtobuf.maxBytes) else { return nil }
      return (cursor.at, Int(count))
    case .bigEndian:
      guard bytes.count - place >= 4 else { return nil }
      let count = (0..<4).reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
      return count <= OTLPProtobuf.maxBytes ? (place + 4, count) : nil
    }
  }

  // MARK: Contents

  /// - Parameter isOpen: set where the bytes end before anything can be told.
  private static func signal(of bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ isOpen: inout Bool) -> OTLPSignal? {
    guard let base = bytes.baseAddress else { return nil }
    for signal in OTLPSignal.allCases {
      var marks = OTLPMarksOfElement(end: range.upperBound)
      if marks.look(ProtobufCursor(base, range), signal, level: 0) { return signal }
      if marks.isOpen { isOpen = true }
    }
    return nil
  }
}

/// Looks for the first span, log record or metric of a message that may be cut off.
private struct OTLPMarksOfElement {
  /// The bytes end before anything can be told.
  private(set) var isOpen = false
  private var isRefused = false
  /// Of all that is there.
  private let end: Int

  init(end: Int) { self.end = end }

  /// Three messages around it: the request, the resource's, the scope's. In each of the inner two it stands under number 2.
  mutating func look(_ message: ProtobufCursor, _ signal: OTLPSignal, level: Int) -> Bool {
    var cursor = message
    do throws(ProtobufFault) {
      while let field = try cursor.field() {
        guard field.number <= 3 || field.number == 1_000, field.wire == 2 else {
          isRefused = true
          return false
        }
        guard field.number == (level == 0 ? 1 : 2) else {
          _ = try cursor.bytes()
          continue
        }
        var cut: ProtobufFault?
        let inner = try cursor.message(orRest: &cut)
        if level < 2 {
          if look(inner, signal, level: level + 1) { return true }
          if isRefused { return false }
        } else {
          switch isElement(inner, signal) {
          case true?: return true
          case nil where cut != nil: isOpen = true
          default: isRefused = true
          }
          return false
        }
        if cut != nil {
          isOpen = true
          return false
        }
      }
    } catch {
      if error.reason == .endsEarly, cursor.end == end { isOpen = true } else { isRefused = true }
    }
    return false
  }

  /// Nil where nothing in it says no.
  private mutating func isElement(_ element: ProtobufCursor, _ signal: OTLPSignal) -> Bool? {
    var (hasTrace, hasSpan, hasInstant, hasName, hasData) = (false, false, false, false, false)
    var cursor = element
    do throws(ProtobufFault) {
      while let field = try cursor.field() {
        switch (signal, field.number, field.wire) {
        case (.traces, 1, 2):
          hasTrace = try cursor.bytes().count == 16
          if !hasTrace { return false }
        case (.traces, 2, 2):
          hasSpan = try cursor.bytes().count == 8
          if !hasSpan { return false }
        case (.traces, 7, 1), (.logs, 1, 1), (.logs, 11, 1):
          let nanos = Int64(clamping: try cursor.fixed64())
          if nanos > 0, OTLPInstant.isLikely(nanos) { hasInstant = true }
        case (.logs, 5, 2), (.logs, 2, 0):
          hasData = true
          try cursor.skip(field.wire)
        case (.metrics, 5, 2), (.metrics, 7, 2), (.metrics, 9, 2), (.metrics, 10, 2), (.metrics, 11, 2):
          if try isPoints(try cursor.message()) { hasData = true } else { return false }
        case (.metrics, 1, 2): hasName = try cursor.bytes().count > 0
        case (.traces, 1, _), (.traces, 2, _), (.metrics, 1, _), (.logs, 1, _): return false
        default: try cursor.skip(field.wire)
        }
      }
    } catch {
      return error.reason == .endsEarly ? nil : false
    }
    let isOne =
      switch signal {
      case .traces: hasTrace && hasSpan && hasInstant
      case .logs: hasInstant && hasData
      case .metrics: hasName && hasData
      }
    return isOne ? true : nil
  }
  /// Data points of every kind have their instant under number 3.
  private func isPoints(_ data: ProtobufCursor) throws(ProtobufFault) -> Bool {
    var cursor = data
    while let field = try cursor.field() {
      guard field.number == 1, field.wire == 2 else {
        try cursor.skip(field.wire)
        continue
      }
      var point = try cursor.message()
      while let field = try point.field() {
        guard field.number == 3, field.wire == 1 else {
          try point.skip(field.wire)
          continue
        }
        let nanos = Int64(clamping: try point.fixed64())
        return nanos > 0 && OTLPInstant.isLikely(nanos)
      }
      return false
    }
    return false
  }
}

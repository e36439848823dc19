// Where in a binary message a byte lies, in words: looked for only once something is wrong there, so that reading keeps no track of it.

/// `resourceSpans[0].scopeSpans[1].spans[7].name`.
enum OTLPPlace {
  /// - Parameter root: what the whole message is.
  static func path(to fault: ProtobufFault, in bytes: UnsafeRawBufferPointer, _ root: OTLPMessage) -> String {
    var path: [String] = []
    var message = root
    var range = 0..<bytes.count
    while let (field, index, content) = field(of: message, in: bytes, range, around: fault) {
      path.append(field.isRepeated ? "\(field.label)[\(index)]" : "\(field.label)")
      guard let next = field.message, let content else { break }
      (message, range) = (next, content)
    }
    return path.joined(separator: ".")
  }

  /// The field of a message that the byte belongs to, how many of its kind stood before it, and what is in it where that is where the byte is.
  private static func field(of message: OTLPMessage, in bytes: UnsafeRawBufferPointer, _ range: Range<Int>, around fault: ProtobufFault)
    -> (field: OTLPMessage.Field, index: Int, content: Range<Int>?)?
  {
    guard let base = bytes.baseAddress else { return nil }
    var cursor = ProtobufCursor(base, range)
    var counts: [Int: Int] = [:]
    var latest: Int?
    do throws(ProtobufFault) {
      while true {
        latest = nil
        guard let next = try cursor.field() else { return nil }
        latest = next.number
        let index = counts[next.number, default: 0]
        counts[next.number] = index + 1
        let content: Range<Int>?
        if next.wire == 2 {
          content = try cursor.bytes()
        } else {
          content = nil
          try cursor.skip(next.wire)
        }
        // What ends early may end where the message around it goes on.
        guard cursor.at > fault.offset || cursor.at == fault.offset && fault.reason == .endsEarly && content != nil else { continue }
        return message.field(next.number).map { ($0, index, content.flatMap { fault.offset >= $0.lowerBound ? $0 : nil }) }
      }
    } catch {
      // The field that is broken off itself.
      return latest.flatMap { number in message.field(number).map { ($0, counts[number, default: 1] - 1, nil) } }
    }
  }
}

extension OTLPMessage.Field {
  fileprivate var isRepeated: Bool {
    switch message {
    case .resource, .scope, .status, .array, .map, .points: false
    case .anyValue: name == .values
    case nil: false
    default: true
    }
  }
}

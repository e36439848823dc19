// Recognises a Zipkin span: an id and a trace id alone occur in every log line.

enum ZipkinMarks {
  /// Whether an object is a span of version 1 or 2. Ids are hex. In addition there must be a member that only Zipkin writes, or an instant
  /// together with a duration; and no member that only logs and spans of other formats have.
  static func isSpan(_ node: ValueNode?) -> Bool {
    guard let node, node.isObject else { return false }
    var (ids, isForeign, isMarked) = (0, false, false)
    var (hasInstant, hasDuration, hasParent, hasName) = (false, false, false, false)
    node.forEachMember { key, value in
      switch key {
      case "traceId", "id": ids += isIdentifier(value) ? 1 : 0
      case "parentId": hasParent = isIdentifier(value)
      case "name": hasName = value.text != nil
      case "timestamp": hasInstant = value.nanosOfMicros != nil
      case "duration": hasDuration = value.nanosOfMicros != nil
      case "localEndpoint", "remoteEndpoint": if value.isObject { isMarked = true }
      case "kind": if value.text != nil, SpanKind(reported: value) != nil { isMarked = true }
      case "shared": if value.kind == .isTrue { isMarked = true }
      case "annotations", "binaryAnnotations": if value.isArray { isMarked = true }
      // Members of loggers, Next.js, and the SDK for JavaScript.
      case "level", "msg", "message", "severity", "startTime", "spanId", "attributes", "status", "resource": isForeign = true
      default: break
      }
    }
    return ids == 2 && !isForeign && (isMarked || hasInstant && (hasDuration || hasParent && hasName))
  }

  /// Up to 32 hex digits.
  private static func isIdentifier(_ node: ValueNode) -> Bool {
    guard let text = node.text, (1...32).contains(text.count) else { return false }
    return text.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }
  }
}

// JSON that a log shipper wraps around a program's line: docker's json-file, the journal, Elasticsearch's documents, CloudWatch, Loki,
// cloud loggers.

import JSON

/// The content of one envelope.
struct Envelope {
  /// Envelopes with the same key hold lines of one stream.
  var key: [UInt8]
  /// The program's bytes, with their line breaks.
  var content: [UInt8]

  /// The contents of a value's envelopes, in order; empty if it is not an envelope.
  static func contents(of value: UnsafeRawBufferPointer) -> [Envelope] {
    guard let tree = try? JanssonTree(parsing: value, limits: JSONLimits(maxBytes: .max), repair: .text) else { return [] }
    let root = ValueNode(tree.root)
    var found: [Envelope] = []
    func take(_ node: ValueNode) {
      if let envelope = Envelope(node, tree.repairs) { found.append(envelope) }
    }
    if root.isArray {
      root.forEachElement(take)
    } else if let events = Envelope.cloudWatch(root) {
      events.forEachElement { event in
        guard let text = event.member("message")?.text else { return }
        let stream = (event.member("logStreamName") ?? root.member("logStream"))?.text
        found.append(Envelope(key: stream.map { Array($0.prefix(512)) } ?? [], content: Array(text) + [0x0A]))
      }
    } else if let streams = Envelope.loki(root) {
      streams.forEachElement { stream in
        let key = stream.member("stream").map { $0.withCompactText(undoing: tree.repairs) { Array($0.prefix(1_024)) } } ?? []
        stream.member("values")?.forEachElement { value in
          if let text = value.element(1)?.text { found.append(Envelope(key: key, content: Array(text) + [0x0A])) }
        }
      }
    } else if let hits = root.member("hits")?.member("hits"), hits.isArray {
      hits.forEachElement(take)
    } else {
      take(root)
    }
    return found
  }

  private init(key: [UInt8], content: [UInt8]) { (self.key, self.content) = (key, content) }

  /// The events that a subscription of CloudWatch Logs delivers, and those in answers of `aws logs filter-log-events` and `get-log-events`.
  private static func cloudWatch(_ root: ValueNode) -> ValueNode? {
    let told = root.member("logEvents") ?? root.member("events")
    guard let events = told, events.isArray, let first = events.first, first.member("message")?.text != nil else { return nil }
    return first.member("timestamp") != nil ? events : nil
  }

  /// The streams that are pushed to Loki, and those in answers of Loki and `logcli`.
  private static func loki(_ root: ValueNode) -> ValueNode? {
    let told = root.member("streams") ?? root.member("data")?.member("result")
    guard let streams = told, streams.isArray, let first = streams.first, first.member("stream")?.isObject == true else { return nil }
    return first.member("values")?.isArray == true ? streams : nil
  }

  private init?(_ node: ValueNode, _ repairs: JSONRepair.Findings) {
    guard node.isObject else { return nil }
    // Elasticsearch's, Google's.
    if let source = node.member("_source") ?? node.member("jsonPayload"), source.isObject {
      key = []
      content = source.withCompactText(undoing: repairs) { Array($0) } + [0x0A]
      return
    }
    // docker's form. Its lines end with a line break, unless a long line continues.
    if let log = node.member("log")?.text, node.member("stream")?.text != nil || Envelope.isJSON(log) {
      key = Envelope.key(node, ["stream", "container_id", "container_name"])
      content = Array(log)
      if node.member("time") == nil, content.last != 0x0A { content.append(0x0A) }
      return
    }
    if let message = node.member("MESSAGE"), node.member("_BOOT_ID") != nil || node.member("__REALTIME_TIMESTAMP") != nil {
      key = Envelope.key(node, ["_SYSTEMD_UNIT", "CONTAINER_ID", "_PID", "SYSLOG_IDENTIFIER"])
      content = message.text.map { Array($0) } ?? Envelope.bytes(message)
      content.append(0x0A)
      return
    }
    for name in ["textPayload", "message", "line", "msg"] as [StaticString] {
      guard let text = node.member(name)?.text, Envelope.isJSON(text) else { continue }
      key = []
      content = Array(text) + [0x0A]
      return
    }
    return nil
  }

  /// The journal writes long and binary messages as a list of numbers.
  private static func bytes(_ node: ValueNode) -> [UInt8] {
    var bytes: [UInt8] = []
    node.forEachElement { if let number = $0.integer, let byte = UInt8(exactly: number) { bytes.append(byte) } }
    return bytes
  }

  private static func isJSON(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let first = text.first(where: { $0 != 0x20 && $0 != 0x09 }) else { return false }
    return first == UInt8(ascii: "{") || (first == UInt8(ascii: "[") && text.contains(UInt8(ascii: "{")))
  }

  private static func key(_ node: ValueNode, _ names: [StaticString]) -> [UInt8] {
    var key: [UInt8] = []
    for name in names {
      if let text = node.member(name)?.text { key += text.prefix(128) }
      key.append(0)
    }
    return key
  }
}

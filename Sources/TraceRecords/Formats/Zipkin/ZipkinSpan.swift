// The members of one Zipkin span of either version: one side of a call, as one service reported it.

struct ZipkinSpan {
  var traceID, id, parentID, name, kind, service, host, remote: ValueNode?
  /// For version 1, whose spans have no kind: the kind that follows from the annotations.
  var kindByAnnotations: SpanKind?
  var start, duration: Int64?
  /// An instant or a duration is invalid.
  var hasUnreadTime = false
  var isShared = false
  /// An earlier report said that this span has begun.
  var endsBegun = false
  /// An object of texts; in version 1 a list of keys and values.
  var tags: ValueNode?
  /// For version 1, if one span contains both sides: tags of another service belong to the other side.
  var tagsOfService: ValueNode?
  var annotations: ValueNode?
  /// The same for further reports of this span.
  private(set) var otherTags: [ValueNode] = []
  private(set) var otherAnnotations: [ValueNode] = []

  /// Version 2.
  init(_ node: ValueNode) {
    guard node.isObject else { return }
    node.forEachMember { key, value in
      switch key {
      case "traceId": traceID = value
      case "id": id = value
      case "parentId": parentID = value
      case "name": name = value
      case "kind": kind = value
      case "timestamp":
        start = value.nanosOfMicros
        hasUnreadTime = hasUnreadTime || (start == nil && !value.isNull)
      case "duration":
        duration = value.nanosOfMicros
        hasUnreadTime = hasUnreadTime || (duration == nil && !value.isNull)
      case "shared": isShared = value.isTrue
      case "tags": if !value.isNull { tags = value }
      case "annotations": annotations = value
      case "localEndpoint":
        service = value.member("serviceName")
        host = value.member("ipv4") ?? value.member("ipv6")
      case "remoteEndpoint": remote = value
      default: break
      }
    }
  }

  /// Whether another report was sent before the span's end, or has only additional data.
  var isPartial: Bool { start == nil || duration == nil }

  /// Adds what a second report of the same span contains beyond this one.
  mutating func merge(_ other: ZipkinSpan) {
    if name?.text?.isEmpty ?? true { name = other.name }
    parentID = parentID ?? other.parentID
    kind = kind ?? other.kind
    service = service ?? other.service
    host = host ?? other.host
    remote = remote ?? other.remote
    if let otherStart = other.start { start = min(start ?? otherStart, otherStart) }
    if let otherDuration = other.duration { duration = max(duration ?? otherDuration, otherDuration) }
    hasUnreadTime = hasUnreadTime || other.hasUnreadTime
    otherTags += other.tags.map { [$0] + other.otherTags } ?? other.otherTags
    otherAnnotations += other.annotations.map { [$0] + other.otherAnnotations } ?? other.otherAnnotations
  }

  /// Whether the tags have none of the forms above.
  var hasUnreadTags: Bool { tags.map { !$0.isObject && !$0.isArray } ?? false }

  /// Visits every tag once. If two reports have the same tag, the first is used.
  func forEachTag(_ body: (UnsafeRawBufferPointer, ValueNode) -> Void) {
    if let tags { visit(tags, body) }
    for (index, part) in otherTags.enumerated() {
      visit(part) { key, value in
        let isTold = tags?.member(named: key) != nil || otherTags[..<index].contains { $0.member(named: key) != nil }
        if !isTold { body(key, value) }
      }
    }
  }

  private func visit(_ part: ValueNode, _ body: (UnsafeRawBufferPointer, ValueNode) -> Void) {
    part.forEachMember(body)
    part.forEachElement { tag in
      guard let key = tag.member("key")?.text, let value = tag.member("value"), !ZipkinVersion1.isAddress(key) else { return }
      let told = tag.member("endpoint")?.member("serviceName")?.text
      if let told, let own = tagsOfService?.text, !told.elementsEqual(own) { return }
      body(key, value)
    }
  }

  func forEachAnnotation(_ body: (ValueNode) -> Void) {
    annotations?.forEachElement(body)
    for part in otherAnnotations { part.forEachElement(body) }
  }
}

extension [ZipkinSpan] {
  /// Combines reports of one span if one of them lacks its instant or its duration.
  mutating func mergePartials() {
    guard count > 1, contains(where: { $0.isPartial }) else { return }
    var first: [String: Int] = [:]
    var merged: [ZipkinSpan] = []
    merged.reserveCapacity(count)
    for span in self {
      guard let key = span.key else {
        merged.append(span)
        continue
      }
      if let index = first[key], merged[index].isPartial || span.isPartial, merged[index].mayBegin(with: span) {
        merged[index].merge(span)
      } else {
        if first[key] == nil { first[key] = merged.count }
        merged.append(span)
      }
    }
    self = merged
  }
}

extension ZipkinSpan {
  /// Two reports with different instants are two spans: a message that several consumers receive.
  fileprivate func mayBegin(with other: ZipkinSpan) -> Bool { start == nil || other.start == nil || start == other.start }

  /// Trace, id, and side of the call.
  var key: String? {
    guard let trace = traceID?.text, let id = id?.text else { return nil }
    let service = service?.text.map { String(decoding: $0, as: UTF8.self) } ?? ""
    return "\(String(decoding: trace, as: UTF8.self))/\(String(decoding: id, as: UTF8.self))/\(isShared)/\(service)"
  }
}

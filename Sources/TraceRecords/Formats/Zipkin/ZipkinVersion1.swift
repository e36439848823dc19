// Zipkin's JSON, version 1, which exporters of old tracers still write: annotations show who called and who answered, and one span may
// contain both.

enum ZipkinVersion1 {
  static func isSpan(_ node: ValueNode) -> Bool {
    node.member("binaryAnnotations") != nil || (node.member("annotations")?.first?.member("endpoint")?.isObject ?? false)
  }

  /// The sides of a call that a span contains: one, or the client's and the server's.
  static func spans(_ node: ValueNode) -> [ZipkinSpan] {
    let told = Annotations(node)
    // The rest is read as in version 2.
    var span = ZipkinSpan(node)
    span.tags = node.member("binaryAnnotations")
    if told.isClient, told.isServer {
      var server = span
      describe(&span, .client, told.clientEndpoint, told.clientSend, told.clientReceive, remote: told.serverAddress)
      describe(&server, .server, told.serverEndpoint, told.serverReceive, told.serverSend, remote: told.clientAddress)
      (server.start, server.duration) = (told.serverReceive, told.duration(told.serverReceive, told.serverSend))
      server.isShared = true
      (span.tagsOfService, server.tagsOfService) = (span.service, server.service)
      server.annotations = nil
      return [span, server]
    }
    if told.isServer {
      // Only the side that began a span gives its instant.
      span.isShared = span.start == nil
      describe(&span, .server, told.serverEndpoint, told.serverReceive, told.serverSend, remote: told.clientAddress)
    } else if told.isClient {
      describe(&span, .client, told.clientEndpoint, told.clientSend, told.clientReceive, remote: told.serverAddress)
    } else if told.messageSend != nil {
      describe(&span, .producer, told.endpoint, told.messageSend, nil, remote: told.serverAddress)
    } else if told.messageReceive != nil {
      describe(&span, .consumer, told.endpoint, told.messageReceive, nil, remote: told.serverAddress)
    } else {
      describe(&span, .unspecified, told.endpoint, nil, nil, remote: told.serverAddress)
    }
    return [span]
  }

  private static func describe(
    _ span: inout ZipkinSpan, _ kind: SpanKind, _ endpoint: ValueNode?, _ first: Int64?, _ last: Int64?, remote: ValueNode?
  ) {
    span.kindByAnnotations = kind
    span.service = endpoint?.member("serviceName")
    span.host = endpoint?.member("ipv4") ?? endpoint?.member("ipv6")
    span.remote = remote
    if span.start == nil { span.start = first }
    if span.duration == nil, let first, let last { span.duration = last.subtractingReportingOverflow(first).partialValue }
  }

  /// Binary annotations that are an address and not a tag.
  static func isAddress(_ key: UnsafeRawBufferPointer) -> Bool { key.equals("sa") || key.equals("ca") || key.equals("ma") }

  /// Annotations that became the times of their span.
  static func isTime(_ value: UnsafeRawBufferPointer) -> Bool {
    for word in ["cs", "cr", "sr", "ss", "ms", "mr"] as [StaticString] where value.equals(word) { return true }
    return false
  }

  private struct Annotations {
    var clientSend, clientReceive, serverReceive, serverSend, messageSend, messageReceive: Int64?
    var clientEndpoint, serverEndpoint, endpoint, clientAddress, serverAddress: ValueNode?

    var isClient: Bool { clientSend != nil || clientReceive != nil }
    var isServer: Bool { serverReceive != nil || serverSend != nil }

    init(_ node: ValueNode) {
      node.member("annotations")?.forEachElement { annotation in
        let place = annotation.member("endpoint")
        endpoint = endpoint ?? place
        let time = annotation.member("timestamp")?.nanosOfMicros
        switch annotation.member("value")?.text {
        case .some("cs"): (clientSend, clientEndpoint) = (time, clientEndpoint ?? place)
        case .some("cr"): (clientReceive, clientEndpoint) = (time, clientEndpoint ?? place)
        case .some("sr"): (serverReceive, serverEndpoint) = (time, serverEndpoint ?? place)
        case .some("ss"): (serverSend, serverEndpoint) = (time, serverEndpoint ?? place)
        case .some("ms"): (messageSend, endpoint) = (time, place ?? endpoint)
        case .some("mr"): (messageReceive, endpoint) = (time, place ?? endpoint)
        default: break
        }
      }
      node.member("binaryAnnotations")?.forEachElement { tag in
        let place = tag.member("endpoint")
        switch tag.member("key")?.text {
        case .some("sa"), .some("ma"): serverAddress = place
        case .some("ca"): clientAddress = place
        default: endpoint = endpoint ?? place
        }
      }
    }

    func duration(_ first: Int64?, _ last: Int64?) -> Int64? {
      guard let first, let last else { return nil }
      return last.subtractingReportingOverflow(first).partialValue
    }
  }
}

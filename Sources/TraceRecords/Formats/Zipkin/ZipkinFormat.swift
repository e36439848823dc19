// Zipkin's JSON, version 2 (records.md, section 4): a list of spans, as its API takes and gives it; a list of such lists; one span.

import JSON

/// A call between two services may have one span that both tell of: the client's half, and the server's, marked `shared`. Here they are two: the
/// server's gets an id of its own, is the child of the client's, and has the children that its own service told of.
struct ZipkinFormat: TraceFormat {
  static let name: StaticString = "zipkin"

  private var shared = ZipkinSharedSpans()

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    let isList = root.isArray
    let first = isList ? root.first : root
    guard let first, ZipkinFormat.isSpan(first) || ZipkinFormat.isSpan(first.first) else { return nil }
    var outcome = LineOutcome(repairs)
    var spans: [ValueNode] = []
    if isList {
      root.forEachElement { element in
        if element.isArray { element.forEachElement { spans.append($0) } } else { spans.append(element) }
      }
    } else {
      spans = [root]
    }
    for span in spans { shared.note(span) }
    let builder = ZipkinRecordBuilder(repairs: repairs, shared: shared, starts: ZipkinStarts(of: spans))
    for span in spans { builder.add(span, to: &batch, &outcome) }
    return outcome
  }

  /// Version 1 has other members; Next.js, which borrowed the form, has numbers as ids and an instant more.
  private static func isSpan(_ node: ValueNode?) -> Bool {
    guard let node, node.isObject else { return false }
    return node.member("traceId")?.text != nil && node.member("id")?.text != nil && node.member("startTime") == nil
      && node.member("binaryAnnotations") == nil && node.member("spanId") == nil
  }
}

/// The server's halves that were seen, by trace and id: a message that several consumers receive has as many.
struct ZipkinSharedSpans: Sendable {
  private struct Half: Equatable {
    var service: String
    var start: Int64?
  }

  private var halves: [String: [Half]] = [:]
  private var count = 0
  /// Beyond so many, the earlier ones are forgotten: children of theirs become children of the client's half.
  static let limit = 10_000

  mutating func note(_ span: ValueNode) {
    guard span.member("shared")?.isTrue ?? false, let key = ZipkinSharedSpans.key(span, id: span.member("id")) else { return }
    let half = ZipkinSharedSpans.half(span)
    guard halves[key]?.contains(half) != true else { return }
    if count >= ZipkinSharedSpans.limit { (halves, count) = ([:], 0) }
    halves[key, default: []].append(half)
    count += 1
  }

  /// What is put behind the id of a server's half that was noted.
  func suffix(of span: ValueNode) -> String {
    let known = ZipkinSharedSpans.key(span, id: span.member("id")).flatMap { halves[$0] } ?? []
    return ZipkinSharedSpans.suffix(known.firstIndex(of: ZipkinSharedSpans.half(span)) ?? 0)
  }

  /// What is put behind the parent's id of a span: the server's half is meant where its service is the span's own.
  func parentSuffix(of span: ValueNode) -> String {
    guard count > 0, let key = ZipkinSharedSpans.key(span, id: span.member("parentId")), let known = halves[key] else { return "" }
    let service = ZipkinSharedSpans.half(span).service
    return known.firstIndex { $0.service == service }.map { ZipkinSharedSpans.suffix($0) } ?? ""
  }

  private static func suffix(_ index: Int) -> String { index == 0 ? "-server" : "-server-\(index + 1)" }

  private static func key(_ span: ValueNode, id: ValueNode?) -> String? {
    guard let trace = span.member("traceId")?.text, let id = id?.text else { return nil }
    return String(decoding: trace, as: UTF8.self) + "/" + String(decoding: id, as: UTF8.self)
  }

  private static func half(_ span: ValueNode) -> Half {
    let service = span.member("localEndpoint")?.member("serviceName")?.text.map { String(decoding: $0, as: UTF8.self) }
    return Half(service: service ?? "", start: span.member("timestamp")?.nanosOfMicros)
  }
}

/// Where spans without an instant are put: at the start of their parent, else at the first instant of their trace, as far as the same value tells.
struct ZipkinStarts {
  private var spans: [String: Int64] = [:]
  private var traces: [String: Int64] = [:]

  init(of nodes: [ValueNode]) {
    guard nodes.contains(where: { $0.member("timestamp")?.nanosOfMicros == nil }) else { return }
    for node in nodes {
      guard let start = node.member("timestamp")?.nanosOfMicros, let trace = node.member("traceId")?.text, let id = node.member("id")?.text
      else { continue }
      let name = String(decoding: trace, as: UTF8.self)
      spans[name + "/" + String(decoding: id, as: UTF8.self)] = start
      traces[name] = min(start, traces[name] ?? start)
    }
  }

  func start(forChildOf parent: ValueNode?, trace: ValueNode?) -> Int64? {
    guard let trace = trace?.text.map({ String(decoding: $0, as: UTF8.self) }) else { return nil }
    return parent?.text.flatMap { spans[trace + "/" + String(decoding: $0, as: UTF8.self)] } ?? traces[trace]
  }
}

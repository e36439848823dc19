// Zipkin's JSON in both versions: a list of spans, as its API accepts and returns it; a list of such lists; or one span.

import JSON

/// Client and server may report a call between two services as one span, the server's part marked `shared`. Here it becomes two spans: the
/// server's span gets an id of its own, is the child of the client's span, and is the parent of the children that its own service reported.
struct ZipkinFormat: TraceFormat {
  static let name: StaticString = "zipkin"

  private var shared = ZipkinSharedSpans()
  private var begun = ZipkinBegunSpans()

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    let isList = root.isArray
    guard isList ? root.contains(inFirst: 16, where: { ZipkinMarks.isSpan($0.isArray ? $0.first : $0) }) : ZipkinMarks.isSpan(root) else {
      return nil
    }
    var outcome = LineOutcome(repairs)
    var spans: [ZipkinSpan] = []
    func take(_ node: ValueNode) {
      if ZipkinVersion1.isSpan(node) { spans += ZipkinVersion1.spans(node) } else { spans.append(ZipkinSpan(node)) }
    }
    if isList {
      outcome.visit(root) { element, outcome in
        if element.isArray { return element.forEachElement(take) }
        // Without both it is not a span; another format may know it.
        for id in ["traceId", "id"] as [StaticString] where element.member(id) == nil {
          return outcome.skip(.missing(field: "\(id)", kind: "Zipkin span"))
        }
        take(element)
      }
    } else {
      take(root)
    }
    spans.mergePartials()
    for span in spans { shared.note(span) }
    for index in spans.indices { spans[index].endsBegun = begun.take(spans[index]) }
    let builder = ZipkinRecordBuilder(repairs: repairs, shared: shared, starts: ZipkinStarts(of: spans, shared))
    for span in spans { builder.add(span, to: &batch, &outcome) }
    return outcome
  }
}

/// The server spans seen so far, by trace and id: a message that several consumers receive has several.
struct ZipkinSharedSpans: Sendable {
  private struct Half: Equatable {
    var service: String
    var start: Int64?
  }

  private var halves: [String: [Half]] = [:]
  private var count = 0
  /// Above this, earlier ones are forgotten: their children become children of the client's span.
  static let limit = 10_000

  mutating func note(_ span: ZipkinSpan) {
    guard span.isShared, let key = ZipkinSharedSpans.key(span, id: span.id) else { return }
    let half = ZipkinSharedSpans.half(span)
    guard halves[key]?.contains(half) != true else { return }
    if count >= ZipkinSharedSpans.limit { (halves, count) = ([:], 0) }
    halves[key, default: []].append(half)
    count += 1
  }

  /// The suffix for the id of a noted server span.
  func suffix(of span: ZipkinSpan) -> String {
    let known = ZipkinSharedSpans.key(span, id: span.id).flatMap { halves[$0] } ?? []
    return SharedSpanHalves.suffix(known.firstIndex(of: ZipkinSharedSpans.half(span)) ?? 0)
  }

  /// The suffix for the parent's id of a span: the server span is the parent if it has the same service.
  func parentSuffix(of span: ZipkinSpan) -> String {
    guard count > 0, let key = ZipkinSharedSpans.key(span, id: span.parentID), let known = halves[key] else { return "" }
    let service = ZipkinSharedSpans.half(span).service
    return known.firstIndex { $0.service == service }.map { SharedSpanHalves.suffix($0) } ?? ""
  }

  private static func key(_ span: ZipkinSpan, id: ValueNode?) -> String? {
    guard let trace = span.traceID?.text, let id = id?.text else { return nil }
    return String(decoding: trace, as: UTF8.self) + "/" + String(decoding: id, as: UTF8.self)
  }

  private static func half(_ span: ZipkinSpan) -> Half {
    Half(service: span.service?.text.map { String(decoding: $0, as: UTF8.self) } ?? "", start: span.start)
  }
}

/// Spans whose start was reported without a duration: another report on a line of its own completes them.
struct ZipkinBegunSpans: Sendable {
  private var keys: Set<String> = []
  /// Above this, earlier ones are forgotten: a second report about them counts as a duplicate.
  static let limit = 10_000

  /// Notes a span that has begun. Returns whether the report ends a noted one.
  mutating func take(_ span: ZipkinSpan) -> Bool {
    guard span.start == nil || span.duration == nil || !keys.isEmpty, let key = span.key else { return false }
    if span.duration != nil { return keys.remove(key) != nil }
    if span.start != nil {
      if keys.count >= ZipkinBegunSpans.limit { keys = [] }
      keys.insert(key)
    }
    return false
  }
}

/// The start for spans without an instant: that of their parent, else the first instant of their trace, as far as the same value contains
/// them.
struct ZipkinStarts {
  private var spans: [String: Int64] = [:]
  private var traces: [String: Int64] = [:]

  init(of spans: [ZipkinSpan], _ shared: ZipkinSharedSpans) {
    guard spans.contains(where: { $0.start == nil }) else { return }
    for span in spans {
      guard let start = span.start, let trace = span.traceID?.text, let id = span.id?.text else { continue }
      let name = String(decoding: trace, as: UTF8.self)
      let key = name + "/" + String(decoding: id, as: UTF8.self) + (span.isShared ? shared.suffix(of: span) : "")
      self.spans[key] = min(start, self.spans[key] ?? start)
      traces[name] = min(start, traces[name] ?? start)
    }
  }

  /// - Parameter suffix: of the parent's id, if its server span is the parent.
  func start(forChildOf parent: ValueNode?, suffix: String, trace: ValueNode?) -> Int64? {
    guard let trace = trace?.text.map({ String(decoding: $0, as: UTF8.self) }) else { return nil }
    let id = parent?.text.map { trace + "/" + String(decoding: $0, as: UTF8.self) }
    return id.flatMap { spans[$0 + suffix] ?? spans[$0] } ?? traces[trace]
  }
}

// Zipkin's JSON of both versions: a list of spans, as its API takes and gives it; a list of such lists; one span.

import JSON

/// A call between two services may have one span that both tell of: the client's half, and the server's, marked `shared`. Here they are two: the
/// server's gets an id of its own, is the child of the client's, and has the children that its own service told of.
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
        // One of neither is no span: another format may know it.
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

  mutating func note(_ span: ZipkinSpan) {
    guard span.isShared, let key = ZipkinSharedSpans.key(span, id: span.id) else { return }
    let half = ZipkinSharedSpans.half(span)
    guard halves[key]?.contains(half) != true else { return }
    if count >= ZipkinSharedSpans.limit { (halves, count) = ([:], 0) }
    halves[key, default: []].append(half)
    count += 1
  }

  /// What is put behind the id of a server's half that was noted.
  func suffix(of span: ZipkinSpan) -> String {
    let known = ZipkinSharedSpans.key(span, id: span.id).flatMap { halves[$0] } ?? []
    return SharedSpanHalves.suffix(known.firstIndex(of: ZipkinSharedSpans.half(span)) ?? 0)
  }

  /// What is put behind the parent's id of a span: the server's half is meant where its service is the span's own.
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

/// Halves whose beginning was told and whose duration was not: another report, on a line of its own, tells it.
struct ZipkinBegunSpans: Sendable {
  private var keys: Set<String> = []
  /// Beyond so many, the earlier ones are forgotten: a second report of theirs counts as a duplicate.
  static let limit = 10_000

  /// Notes a half that has begun; whether the report ends one that has.
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

/// Where spans without an instant are put: at the start of their parent, else at the first instant of their trace, as far as the same value tells.
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

  /// - Parameter suffix: of the parent's id, where its server's half is meant.
  func start(forChildOf parent: ValueNode?, suffix: String, trace: ValueNode?) -> Int64? {
    guard let trace = trace?.text.map({ String(decoding: $0, as: UTF8.self) }) else { return nil }
    let id = parent?.text.map { trace + "/" + String(decoding: $0, as: UTF8.self) }
    return id.flatMap { spans[$0 + suffix] ?? spans[$0] } ?? traces[trace]
  }
}

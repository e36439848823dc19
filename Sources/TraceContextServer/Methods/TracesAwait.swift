// traces/await: waits until the next matching trace is complete.

import JSON
import JSONRPC
import TraceDistiller

enum TracesAwait: RequestMethod {
  static let name = "traces/await"
  static let summary = "Waits until the next matching trace is complete, or returns at once those that completed since the cursor."
  static let version = 2
  static let parameters: [Parameter] = [
    Parameter("filter", .filter), .cursor, Parameter("timeoutMs", .integer(0...25_000)), .limit(1...1_000), .maxChars, .maxTokens,
  ]

  struct Params {
    var filter: TraceFilter
    var cursor: CompletionCursor?
    var timeoutMillis: Int
    var limit: Int
  }

  struct Result {
    var found: [(number: Int, trace: TraceOverview)]
    /// Completions up to this one were examined.
    var position: Int
    /// Other traces completed and are already gone.
    var isMissing: Bool
    var limit: Int
    var losses: LossReport
    var note: String?
    /// What is still running, or what to do, if nothing was found.
    var hint: String?
  }

  static func params(from reader: ParameterReader) throws(ResponseError) -> Params {
    Params(
      filter: try TraceFilter(reader.value("filter")),
      cursor: try reader.string("cursor").map { text throws(ResponseError) in try CompletionCursor(text) },
      timeoutMillis: try reader.integer("timeoutMs") ?? 20_000, limit: try reader.integer("limit") ?? 10)
  }

  static var workClass: WorkClass { .timely }
  static func isQuick(_ params: Params, in context: RequestContext) -> Bool {
    params.timeoutMillis == 0 && !params.filter.looksInside && context.isSmall(below: .max)
  }

  /// Outside of a connection there is nothing to wait for: recorded streams do not grow, so the answer is what exists now.
  static func respond(to params: Params, in context: RequestContext) async throws(ResponseError) -> Result {
    var watch = try await CompletionWatch(params, in: context)
    try await watch.look(context, now: context.now)
    // A request that does not have to wait takes no waiting place.
    guard let waits = context.waits, params.timeoutMillis > 0, watch.found.isEmpty else { return try await watch.result(context) }
    guard waits.enter() else { throw .busy(limit: CompletionWaits.maxWaits) }
    defer { waits.leave() }
    let deadline = context.now + Int64(params.timeoutMillis) * 1_000_000
    while true {
      let generation = waits.generation
      try await watch.look(context, now: waits.clock())
      guard watch.found.isEmpty else { break }
      let outcome = await waits.wait(since: generation, until: deadline)
      if outcome == .cancelled { throw .requestCancelled() }
      guard outcome != .changed else { continue }
      // Traces that completed at the last moment count too.
      try await watch.look(context, now: waits.clock())
      break
    }
    return try await watch.result(context)
  }
}

extension TracesAwait.Result: MethodResult {
  func json(maxChars: Int) throws(ResponseError) -> JSONAnswer {
    let (note, hint) = AnswerWords.fitting(self.note, self.hint, maxChars - 200)
    return try BoundedList.answer(total: found.count, from: 0, limit: limit, maxChars: maxChars) {
      TraceShape.overview(found[$0].trace)
    } around: { page in
      var object: JSONObject = [
        "traces": .array(page.entries), "cursor": .string(cursor(page.end, isCut: page.isCut)), "timedOut": .bool(found.isEmpty),
      ]
      if isMissing { object["missed"] = true }
      if !losses.isEmpty { object["lost"] = TraceShape.lost(losses) }
      object.append("note", note.map { .string($0) })
      object.append("hint", hint.map { .string($0) })
      return JSONAnswer(object, isCut: page.isShortened)
    }
  }

  /// The cursor after the last trace of a page that ends there.
  func cursor(_ end: Int, isCut: Bool) -> String {
    CompletionCursor(number: isCut && end > 0 ? found[end - 1].number : position).text
  }
}

/// The examination of the completions after a request's cursor.
private struct CompletionWatch {
  private(set) var found: [(number: Int, trace: TraceOverview)] = []
  private let params: TracesAwait.Params
  /// Completions up to this one were examined.
  private var position: Int
  private var isMissing = false
  private var losses: LossReport

  init(_ params: TracesAwait.Params, in context: RequestContext) async throws(ResponseError) {
    self.params = params
    let now = context.now
    let begun = try await context.ask { source throws(SourceUnavailable) in
      try await source.completions(after: nil, TraceQuery(), now: now)
    }
    position = params.cursor?.number ?? begun.latest
    losses = begun.losses
    // A cursor of an earlier server would wait for ever.
    if let cursor = params.cursor, cursor.number > begun.latest { throw .foreignCursor(cursor.text) }
  }

  /// Examines the completions. A filter that reads spans takes time with large traces, so it runs where nothing time-critical waits.
  mutating func look(_ context: RequestContext, now: Int64) async throws(ResponseError) {
    let (from, filter) = (position, params.filter.query)
    let look: @Sendable () async throws(ResponseError) -> CompletedTraces = { () async throws(ResponseError) in
      try await context.ask { source throws(SourceUnavailable) in try await source.completions(after: from, filter, now: now) }
    }
    let news = params.filter.looksInside ? try await context.run(on: .short, look) : try await look()
    position = news.latest
    isMissing = isMissing || news.isMissing
    losses = news.losses
    found += news.found
  }

  func result(_ context: RequestContext) async throws(ResponseError) -> TracesAwait.Result {
    TracesAwait.Result(
      found: found, position: position, isMissing: isMissing, limit: params.limit, losses: losses, note: params.filter.note(.traces),
      hint: found.isEmpty ? try await hint(context) : nil)
  }

  /// What is still running, or what to do if nothing is running.
  private func hint(_ context: RequestContext) async throws(ResponseError) -> String {
    let all = try await context.allLines()
    let running = all.filter { !$0.isComplete }
    if all.isEmpty { return "nothing completed, and there is no trace; " + context.hint() }
    guard !running.isEmpty else {
      return "nothing that matches completed, and no trace is running; \(context.calls(TracesList.name)) shows those that did"
    }
    let names = running.prefix(5).map { trace in
      trace.rootName.isEmpty ? trace.handle : "\(trace.handle) \(VisibleText.make(trace.rootName, limit: 40))"
    }
    return "nothing that matches completed; not complete: \(DurationText.count(running.count)) (\(names.joined(separator: ", ")))"
  }
}

/// A position in the store's order of completions: the number of the latest one.
struct CompletionCursor: Sendable {
  var number: Int

  init(number: Int) { self.number = number }

  init(_ text: String) throws(ResponseError) {
    guard text.utf8.first == UInt8(ascii: "c"), let number = Int(text.dropFirst()), number >= 0 else { throw .invalidCursor(text) }
    self.number = number
  }

  var text: String { "c\(number)" }
}

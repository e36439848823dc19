// Rust's `tracing-subscriber` `fmt().json()` (records.md, section 3): lines without ids, from which spans are reconstructed.
//
// A span is identified by its name, its fields and the spans around it. In lines of events and of `enter`, `spans` is the path from the
// root to the span. In the other lines of a span's life it contains the spans around it on its thread.

import JSON

struct RustTracingFormat: TraceFormat {
  static let name: StaticString = "tracing"

  /// Measured by the records' own times: a root span known only from logs that was silent for this long begins a new trace.
  static let logSilenceNanos: Int64 = 5_000_000_000

  private var open: RustOpenSpans
  /// The names of pending spans.
  private var pendingNames: [UInt64: String] = [:]
  /// The latest log of each trace that is known only from logs.
  private var lastLogs: [UInt64: Int64] = [:]
  private var (hasNew, hasEnter, hasClose) = (false, false, false)

  init() { self.init(maxOpen: RustOpenSpans.maxOpen) }

  init(maxOpen: Int) { open = RustOpenSpans(limit: maxOpen) }

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    guard root.isObject else { return nil }
    let line = RustTracingLine(root)
    guard line.isOwn else { return nil }
    guard let timestamp = line.timestamp else { throw .missing(field: "timestamp", kind: "tracing line") }
    guard let time = timestamp.text.flatMap({ Timestamp.parse($0) }) else {
      let found = timestamp.withCompactText(undoing: repairs) { String(decoding: $0.prefix(60), as: UTF8.self) }
      throw .invalid(field: "timestamp", kind: "tracing line", found: found)
    }
    var outcome = LineOutcome(repairs)
    let writer = RustTracingWriter(line: line, time: time, plain: PlainAttributes(repairs: repairs))
    let (givenUp, records) = (open.givenUp, batch.records.count)
    if let scope = RustScope(line, repairs) {
      switch line.kind {
      case .new: begin(scope, writer, &batch)
      case .enter: enter(scope, writer, &batch)
      case .exit: exit(scope, writer, &batch)
      case .close: close(scope, writer, &batch)
      case .event: event(scope, writer, &batch)
      }
    } else {
      writer.addModuleLog(to: &batch)
    }
    outcome.givenUpSpans = open.givenUp - givenUp
    outcome.isActivity = batch.records.count == records
    return outcome
  }

  /// Flattened events write their fields beside the line's own members. Of two with the same name the first is the line's.
  mutating func decodeTwins(_ root: ValueNode, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    guard root.isObject, root.member("fields") == nil else { return nil }
    return try decode(root, repairs: [], into: &batch)
  }

  mutating func finish(into batch: inout RecordBatch) -> LineOutcome {
    for (number, name) in pendingNames.sorted(by: { $0.key < $1.key }) {
      open[number]?.known = .started
      open[number]?.toldFields = []
      if let span = open[number] { RustTracingWriter.addStart(of: span, name: name, to: &batch) }
    }
    pendingNames = [:]
    return LineOutcome()
  }

  // MARK: The life of a span

  /// If the program's lines include `enter`, a new span waits for it: only then is its parent certain, because a program may set the parent
  /// explicitly.
  private mutating func begin(_ scope: RustScope, _ writer: RustTracingWriter, _ batch: inout RecordBatch) {
    hasNew = true
    let parent = parent(scope.around, scope, writer, &batch)
    var span = open.open(below: parent?.number ?? 0, scope.own, hasEnter ? .pending : .started, at: writer.time)
    span.isApproximate = parent?.isAmbiguous ?? false
    open[span.number] = span
    if span.known == .started {
      writer.addStart(of: span, scope, to: &batch)
    } else {
      pendingNames[span.number] = scope.ownNode.member("name")?.text.map { String(decoding: $0.prefix(200), as: UTF8.self) }
      // Removes the names of spans that were given up.
      if pendingNames.count > 2 * RustOpenSpans.maxOpen { pendingNames = pendingNames.filter { open[$0.key] != nil } }
    }
  }

  private mutating func enter(_ scope: RustScope, _ writer: RustTracingWriter, _ batch: inout RecordBatch) {
    hasEnter = true
    let around = scope.isInside ? Array(scope.around.dropLast()) : scope.around
    var match = open.find(path: scope.path) { $0.depth == 0 }
    if match == nil, let pending = open.find(identity: scope.own, { $0.known == .pending }) {
      // It was created elsewhere: its parent was set explicitly.
      let parent = parent(around, scope, writer, &batch)
      let name = pendingNames.removeValue(forKey: pending.number)
      match = open.move(pending.number, below: parent?.number ?? 0).map { RustOpenSpans.Match(number: $0.number) }
      if let match { pendingNames[match.number] = name }
    }
    if match == nil {
      let parent = parent(around, scope, writer, &batch)
      // More of its fields may have been recorded since it was created.
      match = open.find(below: parent?.number ?? 0, path: scope.path, identity: scope.own)
      if match == nil {
        let span = open.open(below: parent?.number ?? 0, scope.own, .entered, at: writer.time)
        writer.addStart(of: span, scope, to: &batch)
        match = RustOpenSpans.Match(number: span.number)
      }
    }
    guard let match else { return }
    diagnostic(match)
    tell(match.number, scope, writer, &batch)
    open.enter(match.number, on: writer.thread)
  }

  /// Without `new` and `close` a span lasts from its first enter to its last exit.
  private mutating func exit(_ scope: RustScope, _ writer: RustTracingWriter, _ batch: inout RecordBatch) {
    let match = open.innermost(on: writer.thread, path: scope.path) ?? open.innermost(on: writer.thread, identity: scope.own)
    guard let match else { return }
    diagnostic(match)
    open.exit(match.number, on: writer.thread)
    guard open[match.number]?.known == .entered, !hasNew, !hasClose, let span = open.close(match.number) else { return }
    writer.addEnd(of: span, scope, to: &batch)
  }

  private mutating func close(_ scope: RustScope, _ writer: RustTracingWriter, _ batch: inout RecordBatch) {
    hasClose = true
    let match = open.find(path: scope.path) { $0.depth == 0 } ?? open.find(identity: scope.own) { $0.depth == 0 }
    if let match { diagnostic(match) }
    guard let match, let span = open.close(match.number) else {
      // This is the first line about it. There may be no enclosing spans any more on its last thread.
      let parent = parent(scope.around, scope, writer, &batch)
      var span = open.make(below: parent?.number ?? 0, scope.own, .byLogs, at: writer.time)
      span.isApproximate = parent?.isAmbiguous ?? !hasNew
      span.toldFields = []
      return writer.addWhole(span, scope, to: &batch)
    }
    if span.known == .byLogs { return writer.addWhole(span, scope, to: &batch) }
    if span.known == .pending {
      pendingNames[span.number] = nil
      writer.addStart(of: span, scope, to: &batch)
    }
    writer.addEnd(of: span, scope, to: &batch)
  }

  private mutating func event(_ scope: RustScope, _ writer: RustTracingWriter, _ batch: inout RecordBatch) {
    beginAnewAfterSilence(scope, writer.time)
    // An event with an explicit parent is written with that parent, and with the spans around it on its thread.
    let match = scope.isInside ? number(of: scope.around, scope, writer, &batch) : open.find(identity: scope.own) { _ in true }
    let found = match ?? number(of: [scope.own], scope, writer, &batch)
    diagnostic(found)
    tell(found.number, scope, writer, &batch)
    guard let span = open[found.number] else { return }
    if span.known == .byLogs {
      if lastLogs.count > RustOpenSpans.maxOpen { lastLogs = [:] }
      lastLogs[span.trace] = max(writer.time, lastLogs[span.trace] ?? writer.time)
    }
    writer.addLog(to: span, isApproximate: found.isAmbiguous, &batch)
  }

  // MARK: Finding spans

  private mutating func parent(
    _ chain: [RustSpanIdentity], _ scope: RustScope, _ writer: RustTracingWriter, _ batch: inout RecordBatch
  ) -> RustOpenSpans.Match? {
    guard !chain.isEmpty else { return nil }
    let match = number(of: chain, scope, writer, &batch)
    tell(match.number, scope, writer, &batch)
    return match
  }

  /// The span at the end of a chain from a root. Spans that were not reported before are known only from this line.
  private mutating func number(
    of chain: [RustSpanIdentity], _ scope: RustScope, _ writer: RustTracingWriter, _ batch: inout RecordBatch
  ) -> RustOpenSpans.Match {
    let whole = chain.reduce(0) { RustOpenSpans.path($0, $1) }
    if let match = open.innermost(on: writer.thread, path: whole) { return match }
    let isEntered = hasEnter
    if let match = open.find(path: whole, { !isEntered || $0.depth > 0 }) { return match }
    var match = RustOpenSpans.Match(number: 0)
    var path: UInt64 = 0
    for identity in chain {
      path = RustOpenSpans.path(path, identity)
      if let next = open.find(below: match.number, path: path, identity: identity) {
        match = RustOpenSpans.Match(number: next.number, other: next.other ?? match.other)
      } else {
        let span = open.open(below: match.number, identity, .byLogs, at: writer.time)
        writer.addMention(of: span, scope.node(of: identity), to: &batch)
        match.number = span.number
      }
    }
    return match
  }

  /// A line matches two spans: what it says about one may belong to the other.
  private mutating func diagnostic(_ match: RustOpenSpans.Match) {
    guard let other = match.other else { return }
    open[match.number]?.isApproximate = true
    open[other]?.isApproximate = true
  }

  /// A line refers to a pending span: its parent is the one where it was created.
  private mutating func tell(_ number: UInt64, _ scope: RustScope, _ writer: RustTracingWriter, _ batch: inout RecordBatch) {
    guard open[number]?.known == .pending else { return }
    pendingNames[number] = nil
    open[number]?.known = .started
    if let span = open[number] { writer.addStart(of: span, scope, to: &batch) }
  }

  /// No line ever reports the end of a span in such a stream.
  private mutating func beginAnewAfterSilence(_ scope: RustScope, _ time: Int64) {
    guard !hasNew, !hasEnter, !hasClose, scope.isInside, let root = scope.around.first,
      let match = open.find(path: RustOpenSpans.path(0, root), { _ in true }), let trace = open[match.number]?.trace,
      let last = lastLogs[trace], time.subtractingReportingOverflow(last).partialValue > RustTracingFormat.logSilenceNanos
    else { return }
    open.close(trace: trace)
    lastLogs[trace] = nil
  }
}

/// The span of a line, and the spans around it.
struct RustScope {
  let own: RustSpanIdentity
  let ownNode: ValueNode
  /// From the root; if `isInside`, the last one is the span itself.
  let around: [RustSpanIdentity]
  private let nodes: [ValueNode]
  let isInside: Bool
  /// From the root to the span, as far as the line gives it.
  let path: UInt64
  /// The line does not give the spans around it.
  let isParentUnstated: Bool

  /// Nil for a line outside of spans.
  init?(_ line: RustTracingLine, _ repairs: JSONRepair.Findings) {
    var nodes: [ValueNode] = []
    line.spans?.forEachElement { if $0.isObject { nodes.append($0) } }
    let span = line.span.flatMap { $0.isObject ? $0 : nil }
    guard let ownNode = span ?? nodes.last else { return nil }
    around = nodes.map { RustSpanIdentity($0, repairs: repairs) }
    own = span == nil ? around[around.count - 1] : RustSpanIdentity(ownNode, repairs: repairs)
    isInside = around.last == own && line.kind != .new
    let outer = around.reduce(0) { RustOpenSpans.path($0, $1) }
    path = isInside ? outer : RustOpenSpans.path(outer, own)
    isParentUnstated = line.spans == nil
    self.nodes = nodes
    self.ownNode = ownNode
  }

  /// The value that contains the text of an identity.
  func node(of identity: RustSpanIdentity) -> ValueNode {
    around.firstIndex(of: identity).map { nodes[$0] } ?? ownNode
  }
}

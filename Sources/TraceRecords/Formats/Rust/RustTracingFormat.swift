// Rust's `tracing-subscriber` `fmt().json()` (records.md, section 3): lines without ids, of which spans are made again.
//
// A span is known by its name, its fields and what is around it. `spans` tells the way from the root to the span that an event or `enter` is
// about, and on the other lines of a span's life what is around it on its thread.

import JSON

struct RustTracingFormat: TraceFormat {
  static let name: StaticString = "tracing"

  /// Of the records' own time: a root span of which only logs are known and that was silent for so long begins a new trace.
  static let logSilenceNanos: Int64 = 5_000_000_000

  private var open: RustOpenSpans
  /// The names of spans that are pending.
  private var pendingNames: [UInt64: String] = [:]
  /// When traces that are known by their logs alone spoke last.
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

  /// Flattened events write a field beside the line's own member of that name: the first is the line's.
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

  // MARK: A span's life

  /// Where spans are entered, a new one waits for that: only then its parent is sure, which its program may have given it explicitly.
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
      // Those of spans that were given up.
      if pendingNames.count > 2 * RustOpenSpans.maxOpen { pendingNames = pendingNames.filter { open[$0.key] != nil } }
    }
  }

  private mutating func enter(_ scope: RustScope, _ writer: RustTracingWriter, _ batch: inout RecordBatch) {
    hasEnter = true
    let around = scope.isInside ? Array(scope.around.dropLast()) : scope.around
    var match = open.find(path: scope.path) { $0.depth == 0 }
    if match == nil, let pending = open.find(identity: scope.own, { $0.known == .pending }) {
      // Made elsewhere than it belongs: its parent was named explicitly.
      let parent = parent(around, scope, writer, &batch)
      let name = pendingNames.removeValue(forKey: pending.number)
      match = open.move(pending.number, below: parent?.number ?? 0).map { RustOpenSpans.Match(number: $0.number) }
      if let match { pendingNames[match.number] = name }
    }
    if match == nil {
      let parent = parent(around, scope, writer, &batch)
      // More of its fields may have been recorded since it was made.
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

  /// Without `new` and `close` a span lasts from being entered to being left.
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
      // The first that is told of it. On its last thread there may be nothing around it any more.
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
    // An event whose parent its program named is told with that one, and with what is around it on its thread.
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

  // MARK: Which span

  private mutating func parent(
    _ chain: [RustSpanIdentity], _ scope: RustScope, _ writer: RustTracingWriter, _ batch: inout RecordBatch
  ) -> RustOpenSpans.Match? {
    guard !chain.isEmpty else { return nil }
    let match = number(of: chain, scope, writer, &batch)
    tell(match.number, scope, writer, &batch)
    return match
  }

  /// The span at the end of a chain from a root; what nothing told of before is known by this line alone.
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

  /// A line fits two spans: what is told of either may be the other's.
  private mutating func diagnostic(_ match: RustOpenSpans.Match) {
    guard let other = match.other else { return }
    open[match.number]?.isApproximate = true
    open[other]?.isApproximate = true
  }

  /// A pending span is spoken of: it is where it was made.
  private mutating func tell(_ number: UInt64, _ scope: RustScope, _ writer: RustTracingWriter, _ batch: inout RecordBatch) {
    guard open[number]?.known == .pending else { return }
    pendingNames[number] = nil
    open[number]?.known = .started
    if let span = open[number] { writer.addStart(of: span, scope, to: &batch) }
  }

  /// Nothing ever tells that a span of such a stream has ended.
  private mutating func beginAnewAfterSilence(_ scope: RustScope, _ time: Int64) {
    guard !hasNew, !hasEnter, !hasClose, scope.isInside, let root = scope.around.first,
      let match = open.find(path: RustOpenSpans.path(0, root), { _ in true }), let trace = open[match.number]?.trace,
      let last = lastLogs[trace], time.subtractingReportingOverflow(last).partialValue > RustTracingFormat.logSilenceNanos
    else { return }
    open.close(trace: trace)
    lastLogs[trace] = nil
  }
}

/// The span that a line is about, and those around it.
struct RustScope {
  let own: RustSpanIdentity
  let ownNode: ValueNode
  /// From the root; where `isInside`, the span itself is the last.
  let around: [RustSpanIdentity]
  private let nodes: [ValueNode]
  let isInside: Bool
  /// From the root to the span, as far as the line tells.
  let path: UInt64
  /// The line does not tell what is around it.
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

  /// Where the text of an identity is.
  func node(of identity: RustSpanIdentity) -> ValueNode {
    around.firstIndex(of: identity).map { nodes[$0] } ?? ownNode
  }
}

// Chrome's trace events (records.md, section 4), which browsers, clang, Bazel, PyTorch, cargo and many profilers write.

import JSON

/// `{"traceEvents":[…]}`, a list of events, or one event. Each process and thread is a trace; asynchronous events form a trace per process,
/// category and id. Process 1 of one document differs from process 1 of the next; events on lines of their own are one document, until a
/// complete document arrives. Calls nest by time, so the parent of a call is known only when its neighbours are there: events wait in a
/// window.
struct ChromeFormat: TraceFormat {
  static let name: StaticString = "chrome"

  private var window: ChromeWindow
  /// A list of events has begun, and standalone events have arrived.
  private var (isInDocument, hasLoneEvents) = (false, false)

  init() { self.init(maxHeldBytes: 64 << 20) }

  /// - Parameter maxHeldBytes: the limit for waiting events. A profile whose events are out of order over a longer distance nests
  ///   incorrectly, which is counted.
  init(maxHeldBytes: Int) { window = ChromeWindow(maxBytes: maxHeldBytes) }

  mutating func decode(_ root: ValueNode, repairs: JSONRepair.Findings, into batch: inout RecordBatch) throws(RecordError) -> LineOutcome? {
    var outcome = LineOutcome(repairs)
    guard let list = ChromeFormat.events(root) else {
      guard ChromeFormat.isEvent(root) else { return nil }
      hasLoneEvents = true
      take(root, repairs, &batch, &outcome)
      return outcome
    }
    if hasLoneEvents, !isInDocument { outcome.add(leave(&batch)) }
    isInDocument = true
    outcome.visit(list) { take($0, repairs, &batch, &$1) }
    return outcome
  }

  static var hasDocuments: Bool { true }

  mutating func endDocument(into batch: inout RecordBatch) -> LineOutcome { isInDocument ? leave(&batch) : LineOutcome() }

  private mutating func leave(_ batch: inout RecordBatch) -> LineOutcome {
    var outcome = LineOutcome()
    window.endDocument(into: &batch, &outcome)
    (isInDocument, hasLoneEvents) = (false, false)
    return outcome
  }

  mutating func finish(into batch: inout RecordBatch) -> LineOutcome {
    var outcome = LineOutcome()
    window.release(into: &batch, &outcome)
    window.dropTotals(&outcome)
    return outcome
  }

  var holdsRecords: Bool { window.isWaiting }

  private static func events(_ root: ValueNode) -> ValueNode? {
    if root.isObject { return root.member("traceEvents").flatMap { $0.isArray ? $0 : nil } }
    // Not every program sets a phase on every event.
    return root.contains(inFirst: 16) { isEvent($0) } ? root : nil
  }

  private static func isEvent(_ node: ValueNode) -> Bool {
    guard let phase = node.member("ph")?.text, phase.count == 1 else { return false }
    return phase[0] == UInt8(ascii: "M") || node.member("ts") != nil
  }

  private mutating func take(_ node: ValueNode, _ repairs: JSONRepair.Findings, _ batch: inout RecordBatch, _ outcome: inout LineOutcome) {
    let members = ChromeMembers(node)
    guard let phase = members.phase?.text, phase.count == 1 else {
      return outcome.skip(.missing(field: "ph", kind: "Chrome event"))
    }
    if phase[0] == UInt8(ascii: "M") { return window.tracks.name(members) }
    guard let track = ChromeFormat.track(phase[0], members) else {
      outcome.ignoredEvents += 1
      return
    }
    if phase[0] == UInt8(ascii: "X"), window.totals.take(members) { return }
    guard let start = members.time?.nanosOfMicros.map({ Timestamp.clamped($0) }) else {
      guard let time = members.time else { return outcome.skip(.missing(field: "ts", kind: "Chrome event")) }
      return outcome.skip(.invalid(field: "ts", kind: "Chrome event", found: time.beginning(repairs)))
    }
    let event = ChromeEvent(kind: .call, track: window.tracks.number(of: track), start: start, end: .max)
    let plain = PlainAttributes(repairs: repairs)
    switch phase[0] {
    case UInt8(ascii: "X"): window.addWhole(event, members, plain, &batch, &outcome)
    case UInt8(ascii: "B"), UInt8(ascii: "b"), UInt8(ascii: "S"): window.addBeginning(event, members, plain, &batch, &outcome)
    case UInt8(ascii: "E"), UInt8(ascii: "e"), UInt8(ascii: "F"): window.addEnd(event, members, plain, &batch, &outcome)
    default: window.addInstant(event, members, plain, &batch, &outcome)
    }
    window.releaseWhereFull(into: &batch, &outcome)
  }

  /// The track of an event; nil for events that are not calls: counters, samples, flow arrows, objects, memory dumps.
  private static func track(_ phase: UInt8, _ members: ChromeMembers) -> ChromeTrack? {
    switch phase {
    case UInt8(ascii: "X"), UInt8(ascii: "B"), UInt8(ascii: "E"), UInt8(ascii: "i"), UInt8(ascii: "I"), UInt8(ascii: "R"):
      ChromeTrack(thread: members)
    case UInt8(ascii: "b"), UInt8(ascii: "e"), UInt8(ascii: "n"): ChromeTrack(async: members, named: false)
    case UInt8(ascii: "S"), UInt8(ascii: "F"): ChromeTrack(async: members, named: true)
    default: nil
    }
  }
}

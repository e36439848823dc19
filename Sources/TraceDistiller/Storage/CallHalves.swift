// One call with one span id and two spans: Zipkin-style tracers and proxies let client and server report a call under the same id, each
// with its own times.

import TraceRecords

/// The ids that both sides of a call reported. The caller's span keeps the row of the id; a callee's span gets a row of its own and becomes
/// the caller's child. A message may have several callees.
struct CallHalves: Sendable {
  /// By the caller's row.
  private(set) var callees: [UInt32: [UInt32]] = [:]
  /// By the callee's row.
  private(set) var callers: [UInt32: UInt32] = [:]
  /// The span that was reported last, by the caller's row: further events belong to it.
  var latest: [UInt32: UInt32] = [:]
  /// Whether children that belong to a callee's service have been moved below it.
  var isSettled = true

  /// Limits the number of services with one id that are kept apart; further ones are merged.
  static let mostTwins = 10

  var isEmpty: Bool { callees.isEmpty }
  var allocatedBytes: Int { (callers.capacity + latest.capacity) * 12 + callees.capacity * 12 + callers.count * 48 }

  mutating func note(caller: Int, callee: Int) {
    callees[UInt32(caller), default: []].append(UInt32(callee))
    callers[UInt32(callee)] = UInt32(caller)
    latest[UInt32(caller)] = UInt32(callee)
  }

  /// The same with new row numbers. A pair is dropped if one of its rows is gone.
  func renumbered(_ newRow: (Int) -> UInt32?) -> CallHalves {
    var halves = CallHalves()
    for (callee, caller) in callers.sorted(by: { $0.key < $1.key }) {
      if let callee = newRow(Int(callee)), let caller = newRow(Int(caller)) { halves.note(caller: Int(caller), callee: Int(callee)) }
    }
    return halves
  }
}

extension TraceStorage {
  private enum Side { case caller, callee }

  private static func side(_ kind: SpanKind) -> Side? {
    switch kind {
    case .client, .producer: .caller
    case .server, .consumer: .callee
    case .internal, .unspecified: nil
    }
  }

  /// The row for a record of a shared id; `row` for every other record. The order in which the two sides arrive makes no difference.
  @inline(never)
  mutating func half(_ row: Int, _ record: Record, _ texts: BatchTexts) -> Int {
    let id = UInt32(row)
    switch record.kind {
    case .span, .spanStart: break
    default: return halves.latest[id].map(Int.init) ?? row
    }
    if let twin = twin(of: row, record, texts) { return twin }
    guard let side = TraceStorage.side(record.spanKind) else { return row }
    if halves.callees[id] == nil {
      guard spans[row].isDefined, let known = TraceStorage.side(spans[row].kind), known != side else { return row }
      if side == .caller {
        makeCallee(of: row)
        halves.latest[id] = id
        return row
      }
    }
    if side == .caller {
      halves.latest[id] = id
      return row
    }
    let service = intern(texts[record.service])
    for callee in halves.callees[id] ?? [] where spans[Int(callee)].service == service {
      halves.latest[id] = callee
      return Int(callee)
    }
    guard let callee = rowForCallee(of: row) else { return row }
    halves.note(caller: row, callee: callee)
    return callee
  }

  /// If two services report one id on the same side, each invented it or copied it. The second one gets a row of its own with the id
  /// `ID-2`. A record that was delivered twice has the same service, so it is not affected.
  private mutating func twin(of row: Int, _ record: Record, _ texts: BatchTexts) -> Int? {
    let span = spans[row]
    guard span.isDefined, span.service != 0, !record.service.isEmpty, span.kind == record.spanKind else { return nil }
    let service = intern(texts[record.service])
    guard service != span.service, halves.callees[UInt32(row)] == nil else {
      // Records after a second report of the first service belong to that service.
      if halves.latest[UInt32(row)] != nil, service == span.service { halves.latest[UInt32(row)] = UInt32(row) }
      return nil
    }
    for number in 2..<CallHalves.mostTwins {
      let id = arena.withBytes(span.id) { Array($0) } + Array("-\(number)".utf8)
      guard let other = id.withUnsafeBytes({ self.row(of: $0) }) else { return nil }
      if !spans[other].isDefined || spans[other].service == service {
        halves.latest[UInt32(row)] = UInt32(other)
        return other
      }
    }
    return nil
  }

  /// A row with an id of its own, in the form that the Zipkin decoder uses.
  private mutating func rowForCallee(of row: Int) -> Int? {
    let number = halves.callees[UInt32(row)]?.count ?? 0
    let id = arena.withBytes(spans[row].id) { Array($0) } + Array((number == 0 ? "-server" : "-server-\(number + 1)").utf8)
    return id.withUnsafeBytes { self.row(of: $0) }
  }

  /// What was reported for the id so far becomes the callee; its row becomes that of a caller about which nothing is known yet.
  private mutating func makeCallee(of row: Int) {
    guard let callee = rowForCallee(of: row) else { return }
    var (told, above) = (spans[row], SpanRow(id: spans[row].id))
    told.id = spans[callee].id
    var event = told.lastEvent
    while event != SpanRow.none {
      events[Int(event)].span = UInt32(callee)
      event = events[Int(event)].previous
    }
    if told.flags.contains(.isRoot) { trueRoots.removeAll { $0 == UInt32(row) } }
    told.flags.subtract([.isRoot, .parentUnstated])
    told.parent = UInt32(row)
    spans[callee] = told
    if hasPlaces { places.move(row, to: callee) }
    above.flags.insert(.hasChild)
    spans[row] = above
    missingParentCount += 1
    halves.note(caller: row, callee: callee)
  }

  /// Moves the children that were reported by a callee's service below the callee.
  /// - Complexity: O(spans), or O(1) if no id was shared since the last call.
  mutating func settleHalves() {
    guard !halves.isSettled else { return }
    halves.isSettled = true
    for row in spans.indices {
      let span = spans[row]
      guard span.parent != SpanRow.none, let callees = halves.callees[span.parent], !callees.contains(UInt32(row)),
        let callee = callees.first(where: { spans[Int($0)].service == span.service })
      else { continue }
      spans[row].parent = callee
    }
  }
}

// Requests with one planted pattern each, among ordinary steps of random lengths: what detectors are tried on.

import TraceRecords

@testable import TraceDistiller

struct PatternPlan {
  enum Kind: CaseIterable {
    case none, bareRoot, barePart, calleeWait, queue, afterRoot, cycle, chainCycle, pieces, loop, sharedEnd, inTurn, swallowed, followed
    case retry, sequential, gap, outlier, afterAnswer, lateChild, missing

    /// The kind of insight that must be there.
    var expected: Insight.Kind? {
      switch self {
      case .none: nil
      case .bareRoot, .barePart: .uncoveredTime
      case .calleeWait: .calleeWait
      case .queue: .queueWait
      case .afterRoot: .workAfterRoot
      case .cycle, .chainCycle: .cycle
      case .pieces, .loop: .repeatedCall
      case .sharedEnd, .inTurn: .resourceWait
      case .swallowed, .followed: .swallowedError
      case .retry: .retry
      case .sequential: .sequentialCalls
      case .gap: .gap
      case .outlier: .slowOutlier
      case .afterAnswer: .workAfterAnswer
      case .lateChild: .detachedChild
      case .missing: .missingCall
      }
    }

    /// The kind of finding that comes first, without a base.
    var first: Finding.Kind? {
      switch self {
      case .calleeWait: .waitingOutside
      case .queue: nil
      case .cycle, .chainCycle: .cycle
      case .pieces, .loop: .repeatedCalls
      case .sharedEnd, .inTurn: .waitingInLine
      case .swallowed, .followed: .failed
      case .retry: .retries
      case .sequential: .sequentialCalls
      case .outlier: .slowOutlier
      case .afterAnswer: .workAfterAnswer
      case .bareRoot, .barePart, .gap: .ownTime
      case .none, .afterRoot, .lateChild, .missing: nil
      }
    }
  }

  private(set) var sketch = TraceSketch()
  private var random: SplitMix64
  /// Ticks since the root's start.
  private var now: Int64 = 0

  init(_ kind: Kind, seed: UInt64) {
    random = SplitMix64(seed: seed &* 977 &+ 5)
    sketch.id = "pattern-\(seed)"
    let root = open("GET /page", nil, kind: .server)
    let before = random.below(3)
    for number in 0..<before { step("first\(Self.letter(number))", root) }
    plant(kind, root)
    for number in 0..<(kind == .afterAnswer ? 0 : 1 + random.below(3)) { step("last\(Self.letter(number))", root) }
    pass(1, 3)
    close(root)
    if kind == .queue || kind == .afterRoot { detach(kind) }
  }

  private static func letter(_ number: Int) -> String { String(UnicodeScalar(UInt8(65 + number % 26))) }

  private mutating func ticks(_ least: Int, _ most: Int) -> Int64 { Int64(least + random.below(most - least + 1)) }
  private mutating func pass(_ least: Int, _ most: Int) { now += ticks(least, most) }

  private mutating func open(
    _ name: String, _ parent: Int?, kind: SpanKind = .internal, service: String = "web",
    _ attributes: [(key: String, value: SketchSpan.Value)] = []
  ) -> Int {
    var span = SketchSpan(
      id: "n\(sketch.spans.count)", parent: parent.map { sketch.spans[$0].id }, name: name, start: now * SlowPath.tick, end: nil,
      service: service)
    (span.kind, span.attributes) = (kind, attributes)
    sketch.spans.append(span)
    return sketch.spans.count - 1
  }

  private mutating func close(_ span: Int) { sketch.spans[span].end = now * SlowPath.tick }

  private mutating func leaf(
    _ name: String, _ parent: Int, _ length: Int64, kind: SpanKind = .internal, service: String = "web",
    _ attributes: [(key: String, value: SketchSpan.Value)] = []
  ) -> Int {
    let span = open(name, parent, kind: kind, service: service, attributes)
    now += length
    close(span)
    return span
  }

  /// Something ordinary: a little work, perhaps with a part.
  private mutating func step(_ name: String, _ parent: Int) {
    pass(1, 2)
    let span = open(name, parent)
    pass(2, 8)
    if random.chance(50) { _ = leaf("\(name) part", span, ticks(10, 30)) }
    pass(2, 8)
    close(span)
  }

  private mutating func query(_ parent: Int, _ length: Int64) -> Int {
    leaf("query", parent, length, kind: .client, [("db.system", .text("sqlite")), ("db.statement", .text("SELECT a FROM t WHERE id = ?"))])
  }

  private mutating func plant(_ kind: Kind, _ root: Int) {
    pass(1, 3)
    switch kind {
    case .none, .queue, .afterRoot: step("only", root)
    case .bareRoot:
      _ = leaf("load", root, ticks(5, 20))
      pass(800, 1_500)
    case .barePart:
      let part = open("render", root)
      if random.chance(50) { pass(600, 900) }
      _ = leaf("load", part, ticks(5, 20))
      pass(700, 1_200)
      close(part)
    case .calleeWait:
      for _ in 0..<(1 + random.below(3)) {
        let call = open("POST /charge", root, kind: .client)
        pass(100, 400)
        _ = leaf("charge", call, ticks(20, 60), kind: .server, service: "pay")
        pass(0, 300)
        close(call)
        pass(1, 2)
      }
    case .cycle:
      let (period, rounds) = (3 + random.below(3), 5 + random.below(20))
      for index in 0..<(period * rounds) {
        _ = leaf(
          "resolve", root, ticks(10, 20), [("index", .integer(Int64(index))), ("module", .text(Self.letter(index % period)))])
      }
    case .chainCycle:
      let (period, rounds) = (3 + random.below(2), 5 + random.below(5))
      var chain = root
      var all: [Int] = []
      for index in 0..<(period * rounds) {
        chain = open("resolve", chain, [("module", .text(Self.letter(index % period)))])
        all.append(chain)
        pass(8, 16)
      }
      for span in all.reversed() { close(span) }
    case .pieces:
      let list = open("list", root)
      for _ in 0..<(4 + random.below(6)) {
        let item = open("render item", list)
        for _ in 0..<(3 + random.below(3)) {
          pass(0, 1)
          _ = query(item, ticks(5, 15))
        }
        close(item)
      }
      close(list)
    case .loop:
      let load = open("load", root)
      for _ in 0..<(12 + random.below(40)) {
        pass(0, 3)
        _ = query(load, ticks(8, 20))
      }
      close(load)
    case .sharedEnd: sharedEnd(root)
    case .inTurn: inTurn(root)
    case .swallowed: _ = swallowed(root)
    case .followed:
      for _ in 0..<(3 + random.below(5)) {
        let item = open("item", root)
        let failed = leaf("cache", item, ticks(1, 4))
        fail(failed, "connection refused")
        _ = leaf("load row", item, ticks(100, 200))
        close(item)
      }
    case .retry:
      let charge = open("charge card", root)
      let attempts = 2 + random.below(4)
      for attempt in 1...attempts {
        let call = leaf("POST /charges", charge, ticks(20, 80), kind: .client, [("attempt", .integer(Int64(attempt)))])
        if attempt < attempts {
          fail(call, "503")
          pass(100, 400)
        }
      }
      close(charge)
    case .sequential:
      let load = open("load all", root)
      for _ in 0..<(3 + random.below(5)) {
        let part = open("load part", load)
        _ = leaf("GET /part", part, ticks(150, 400), kind: .client)
        close(part)
      }
      close(load)
    case .gap:
      let work = open("work", root)
      _ = leaf("read", work, ticks(150, 250))
      pass(300, 400)
      _ = leaf("write", work, ticks(250, 350))
      close(work)
    case .outlier:
      let (count, slow) = (9 + random.below(8), random.below(9))
      let all = open("all", root)
      for index in 0..<count { _ = leaf("row", all, index == slow ? ticks(900, 1_500) : ticks(15, 25)) }
      close(all)
    case .afterAnswer:
      _ = leaf("load", root, ticks(100, 200))
      _ = leaf("send response", root, ticks(5, 10))
      for _ in 0..<random.below(3) { _ = leaf("write audit", root, ticks(50, 90)) }
      pass(200, 400)
    case .lateChild:
      let work = open("work", root)
      let (begin, length) = (now, ticks(100, 200))
      _ = leaf("flush", work, length)
      sketch.spans[work].end = (begin + length / 2) * SlowPath.tick
    case .missing:
      let all = open("all", root)
      let lacking = random.below(9)
      for index in 0..<(9 + random.below(4)) {
        let item = open("item", all)
        pass(2, 3)
        if index != lacking { _ = leaf("check", item, ticks(3, 5)) }
        _ = leaf("store", item, ticks(3, 5))
        close(item)
      }
      close(all)
    }
  }

  private mutating func fail(_ span: Int, _ message: String) {
    (sketch.spans[span].isFailed, sketch.spans[span].statusMessage) = (true, message)
  }

  private mutating func swallowed(_ root: Int) -> Int {
    let price = open("price", root)
    pass(5, 20)
    let failed = leaf("convert", price, ticks(5, 30))
    fail(failed, "no rate for JPY")
    pass(5, 20)
    close(price)
    return failed
  }

  private mutating func sharedEnd(_ root: Int) {
    let begin = now
    let holder = open("rebuild", root)
    pass(2, 5)
    _ = leaf("write", holder, ticks(400, 700))
    pass(2, 5)
    close(holder)
    let end = now
    for index in 0..<(3 + random.below(4)) {
      now = begin + 20 + Int64(index) * 12
      let get = open("get", root)
      let lock = open("lock", get)
      now = end
      close(lock)
      now = end + 6 + Int64(index)
      close(get)
    }
  }

  private mutating func inTurn(_ root: Int) {
    let begin = now
    let count = 4 + random.below(5)
    var turn = begin + 2
    for _ in 0..<count {
      now = begin
      let job = open("job", root)
      now = turn
      let write = open("write", job)
      if random.chance(70) { _ = leaf("sync", write, ticks(80, 120)) }
      pass(5, 20)
      close(write)
      turn = now
      close(job)
    }
  }

  /// A message that is taken late, or whose work goes on.
  private mutating func detach(_ kind: Kind) {
    let end = now
    let root = sketch.spans[0]
    now = 2
    let publish = leaf("publish", 0, 3, kind: .producer)
    now = kind == .queue ? end + ticks(200, 900) : end / 2
    let handle = open("handle", publish, kind: .consumer, service: "mail")
    pass(1, 4)
    _ = leaf("send mail", handle, ticks(20, 60), service: "mail")
    if kind == .afterRoot {
      now = max(now, end)
      let store = open("store", handle, service: "mail")
      pass(150, 300)
      close(store)
    }
    pass(1, 4)
    close(handle)
    sketch.spans[0] = root
  }
}

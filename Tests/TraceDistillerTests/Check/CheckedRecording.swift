// Recordings of a small shop as a build of it would leave them: the same requests with noise, and regressions that are planted in them.

import TraceRecords

@testable import TraceDistiller

enum PlantedRegression: CaseIterable {
  case oneMoreQueryARow, retry, lock, slowCall, droppedCache
}

enum CheckedRecording {
  static func traces(_ count: Int, seed: UInt64, planted: PlantedRegression? = nil) -> [DistilledTrace] {
    sketches(count, seed: seed, planted: planted).map { $0.distilled() }
  }

  static func sketches(_ count: Int, seed: UInt64, planted: PlantedRegression? = nil) -> [TraceSketch] {
    (0..<count).map { sketch(seed: seed &* 1_000 &+ UInt64($0), planted) }
  }

  /// `GET /orders`: a profile that is cached, a query a row, five reservations at once, a card that is charged by another service.
  private static func sketch(seed: UInt64, _ planted: PlantedRegression?) -> TraceSketch {
    var random = SplitMix64(seed: seed)
    var sketch = TraceSketch()
    sketch.id = "trace-\(seed)"
    /// Twenty percent in either direction; one piece in fifty takes three times as long.
    func noisy(_ micros: Int64) -> Int64 {
      let nanos = micros * 1_000
      let value = nanos + nanos * Int64(random.below(41) - 20) / 100
      return random.chance(2) ? value * 3 : value
    }
    var serial = 0
    func add(
      _ name: String, in parent: String?, from start: Int64, to end: Int64, service: String = "shop", kind: SpanKind = .unspecified,
      statement: String? = nil, isFailed: Bool = false
    ) -> String {
      serial += 1
      var span = SketchSpan(id: "s\(serial)", parent: parent, name: name, start: start, end: end, service: service, kind: kind)
      if let statement { span.attributes = [("db.statement", .text(statement))] }
      if isFailed { (span.isFailed, span.statusMessage) = (true, "503 from the bank") }
      sketch.spans.append(span)
      return span.id
    }
    let root = add("GET /orders", in: nil, from: 0, to: 0, kind: .server)
    var now = noisy(500)
    // The profile.
    let profile = add("load profile", in: root, from: now, to: 0)
    let place = sketch.spans.count - 1
    now += noisy(300)
    if planted == .droppedCache {
      let end = now + noisy(8_000)
      _ = add("GET /profile", in: profile, from: now, to: end, kind: .client)
      now = end
    }
    sketch.spans[place].end = now
    // The rows.
    for _ in 0..<12 {
      var end = now + noisy(600)
      _ = add("SELECT", in: root, from: now, to: end, kind: .client, statement: "SELECT name FROM items WHERE order_id = ?")
      now = end + noisy(50)
      guard planted == .oneMoreQueryARow else { continue }
      end = now + noisy(600)
      _ = add("SELECT", in: root, from: now, to: end, kind: .client, statement: "SELECT price FROM prices WHERE item_id = ?")
      now = end + noisy(50)
    }
    // Five at once: one behind the other where they share a lock.
    var (last, free) = (now, now)
    for _ in 0..<5 {
      let start = planted == .lock ? max(now, free) + noisy(20) : now + noisy(20)
      let end = start + noisy(2_500)
      let task = add("reserve", in: root, from: now, to: end + 10_000)
      _ = add("update stock", in: task, from: start, to: end)
      (last, free) = (max(last, end + 10_000), end)
    }
    now = last + noisy(200)
    // The card.
    for attempt in planted == .retry ? [1, 2] : [2] {
      let isFailed = attempt == 1
      let start = now
      let work = noisy(6_000) + (planted == .slowCall ? noisy(9_000) : 0)
      let end = start + noisy(100) + work + noisy(100)
      let call = add("POST /charge", in: root, from: start, to: end, kind: .client, isFailed: isFailed)
      _ = add("charge", in: call, from: start + 100_000, to: end - 100_000, service: "payments", kind: .server, isFailed: isFailed)
      now = end + noisy(100)
    }
    sketch.spans[0].end = now + noisy(300)
    return sketch
  }

  /// A trace of one span of 10 ms.
  static func single(_ name: String) -> TraceSketch {
    var sketch = TraceSketch()
    sketch.spans = [SketchSpan(id: "root", parent: nil, name: name, start: 0, end: 10_000_000)]
    return sketch
  }

  static func baseline(_ traces: [DistilledTrace]) -> CheckBaseline {
    var builder = BaselineBuilder()
    for trace in traces { builder.add(trace) }
    return builder.baseline(madeBy: "tests")
  }
}

/// What a check says, without what depends on the order of traces.
func verdicts(_ report: CheckReport) -> String {
  report.answers.map { answer in
    let claims = answer.claims.map { "\($0.kind)/\($0.service)/\($0.operation)/\($0.nanos)" }.joined(separator: " ")
    return "\(answer.rule.text): \(answer.verdict.rawValue), \(answer.looked) \(claims)"
  }.joined(separator: "\n")
}

func checked(_ rules: [String], _ traces: [DistilledTrace], base: CheckBaseline? = nil) throws -> CheckReport {
  var run = CheckRun(try rules.map { try CheckRule(parsing: $0) }, base: base)
  for trace in traces { run.add(trace) }
  return run.report()
}

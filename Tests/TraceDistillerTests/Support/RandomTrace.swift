// Random traces that are the same on every machine, with everything that real programs and broken clocks do to intervals and edges.

import TraceRecords

@testable import TraceDistiller

/// Steele, Lea and Flood's generator: small, and its sequence is fixed by the seed.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}

extension TraceSketch {
  /// The properties of a random trace.
  struct Profile {
    var sizes = 1...60
    /// Times are in 0..<span; a small value creates ties.
    var span = 100
    var openPercent = 5
    /// The percentage of arbitrary parents: cycles, orphans, several roots, a span that is its own parent.
    var strangePercent = 6
    var detachedPercent = 8
  }

  init(random seed: UInt64, _ profile: Profile = Profile()) {
    self.init()
    var random = SplitMix64(seed: seed)
    let count = profile.sizes.lowerBound + random.below(profile.sizes.count)
    let isDeep = random.chance(30)
    for index in 0..<count {
      var start = random.below(profile.span)
      var length = random.chance(12) ? 0 : random.below(profile.span)
      var parent: Int? = index == 0 ? nil : isDeep ? index - 1 - random.below(min(index, 3)) : random.below(index)
      if let parent, random.chance(60) {
        // Usually inside the parent, as in real programs; otherwise it may outlive it, precede it or miss it.
        let (low, high) = (Int(spans[parent].start), Int(spans[parent].end ?? spans[parent].start))
        start = low + random.below(max(1, high - low + 1))
        length = random.below(max(1, high - start + 1))
      }
      var id: String? = parent.map { "s\($0)" }
      if random.chance(profile.strangePercent) {
        switch random.below(4) {
        case 0: id = "s\(random.below(count))"
        case 1: id = "gone\(random.below(3))"
        case 2: id = nil
        default: id = "s\(index)"
        }
        parent = nil
      }
      var span = SketchSpan(id: "s\(index)", parent: id, name: "op\(random.below(7))", start: Int64(start), end: Int64(start + length))
      if random.chance(profile.openPercent) { span.end = nil }
      span.isDetached = id != nil && random.chance(profile.detachedPercent)
      span.isFailed = random.chance(8)
      if span.isFailed, random.chance(50) { span.statusMessage = "why \(random.below(3))" }
      span.service = random.chance(50) ? "svc\(random.below(3))" : ""
      span.kind = [.unspecified, .unspecified, .producer, .consumer, .server][random.below(5)]
      spans.append(span)
      if random.chance(6) {
        logs.append(
          SketchLog(span: span.id, level: random.chance(50) ? .warn : .error, message: "log \(random.below(3))", time: Int64(start)))
      }
    }
  }

  /// The same trace, `offset` later and `factor` times as long.
  func moved(by offset: Int64, scaled factor: Int64 = 1) -> TraceSketch {
    var copy = self
    copy.spans = spans.map { span in
      var span = span
      span.start = span.start * factor + offset
      span.end = span.end.map { $0 * factor + offset }
      return span
    }
    copy.logs = logs.map { SketchLog(span: $0.span, level: $0.level, message: $0.message, time: $0.time * factor + offset) }
    return copy
  }
}

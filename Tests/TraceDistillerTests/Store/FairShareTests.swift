// Proves that a service that sends a lot does not evict the last traces of the others, and that the bound holds nevertheless.

import Testing

@testable import TraceDistiller

struct FairShareTests {
  private let wide = " | \"text\":\"\(String(repeating: "x", count: 4_000))\",\"service\":\"NAME\""

  private func trace(_ id: String, _ service: String) -> String { "\(id)/a span 0 took 1\(wide.replacing("NAME", with: service))" }

  @Test func theLastTenOfAQuietServiceStay() {
    let store = StoreHarness { ($0.maxBytes, $0.maxTraces) = (16 << 20, 0) }
    for number in 0..<15 {
      store.feed(trace("quiet\(number)", "quiet"))
      store.advance(500)
    }
    for number in 0..<5_000 {
      store.feed(trace("noisy\(number)", "noisy"))
      if number % 10 == 9 { store.advance(500) }
      #expect(store.store.countedBytes <= 16 << 20)
    }
    let quiet = store.ids.filter { $0.hasPrefix("quiet") }
    #expect(quiet == (5..<15).map { "quiet\($0)" }, "the last ten stay, got \(quiet)")
    let noisy = store.ids.filter { $0.hasPrefix("noisy") }
    #expect(noisy.last == "noisy4999" && noisy.count > 100, "\(noisy.count) of the noisy service")
    #expect(store.store.statistics.sparedTraces > 0, "that it was used is told")
  }

  @Test func whenAllAreLeftAloneTheOldestGoes() {
    // Fewer than ten of each.
    let store = StoreHarness { ($0.maxBytes, $0.maxTraces) = (2 << 20, 0) }
    for number in 0..<400 {
      store.feed(trace("n\(number)", "s\(number)"))
      store.advance(500)
      #expect(store.store.countedBytes <= 2 << 20)
    }
    #expect(store.ids.contains("n399") && store.ids.count < 400)
  }

  @Test func largeTracesAreNotLeftAlone() {
    let store = StoreHarness { ($0.maxBytes, $0.maxTraces) = (16 << 20, 0) }
    let large = " | \"text\":\"\(String(repeating: "x", count: 60_000))\",\"service\":\"quiet\""
    store.feed("large/a span 0 took 1\(large)")
    store.advance(500)
    for number in 0..<4_000 {
      store.feed(trace("noisy\(number)", "noisy"))
      if number % 10 == 9 { store.advance(500) }
    }
    #expect(!store.ids.contains("large"), "a trace over its group's share is evicted in its turn")
  }

  /// Against a slow count over all that is kept, through completions, late records and clears.
  @Test func countsAgreeWithWhatIsKept() {
    var random = StoreRandom(seed: 7)
    let store = StoreHarness { ($0.maxBytes, $0.maxTraces) = (4 << 20, 0) }
    for step in 0..<3_000 {
      let service = "s\(Int.random(in: 0..<80, using: &random))"
      store.feed(trace("t\(step)", service))
      if Int.random(in: 0..<5, using: &random) == 0 {
        store.feed("t\(max(0, step - Int.random(in: 0..<20, using: &random)))/late\(step)<a span 1 took 1")
      }
      if Int.random(in: 0..<3, using: &random) == 0 { store.advance(500) }
      if Int.random(in: 0..<200, using: &random) == 0 { _ = store.clear { $0.serial % 3 == 0 } }
    }
    var counts: [UInt32: Int32] = [:]
    var slot = store.store.completed.first
    while slot >= 0 {
      counts[store.store.ranks[slot].group, default: 0] += 1
      slot = store.store.links[slot].next
    }
    for (group, count) in counts {
      #expect(store.store.fairShare.leavesAlone(group) == (count <= FairShare.kept), "group \(group) has \(count)")
    }
  }
}

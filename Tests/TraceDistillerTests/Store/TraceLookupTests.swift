// Proves which names lead to a trace (id, handle, prefix, selector), and the error for other names.

import Testing

@testable import TraceDistiller

@Suite struct TraceLookupTests {
  private let traces = """
    trace_1/a span 0 took 5
    trace_12/a span 0 took 30
    trace_2/a span 0 took 30 status error
    4bf92f3577b34da6a3ce929d0e0e4736/a start 0
    4bf92f3577b34da6a3ce929d0e0e4736/a log 2 says ERROR boom
    last/a span 0 took 1
    """

  @Test func namesThatLeadToATrace() {
    let store = StoreHarness(traces)
    let rows = [
      // A full id is preferred to a longer one with the same beginning.
      ("trace_1", "trace_1"), ("trace_12", "trace_12"), ("t1", "trace_1"), ("t3", "trace_2"), ("t5", "last"),
      ("4bf9", "4bf92f3577b34da6a3ce929d0e0e4736"), ("4bf92f3577b34da6a3ce929d0e0e473", "4bf92f3577b34da6a3ce929d0e0e4736"),
      ("latest", "last"),
      ("latest-error", "4bf92f3577b34da6a3ce929d0e0e4736"),
      // For equal durations the older one.
      ("slowest", "trace_12"),
    ]
    for (name, expected) in rows { check(store, name, expected) }
  }

  /// The name of a root comes last, after an equal id, handle, selector or prefix.
  @Test func namesOfRoots() {
    let store = StoreHarness(
      """
      x1/a span 0 took 5 name checkout
      x2/a span 0 took 5 name checkout
      x3/a span 0 took 5 name x1
      x4/a span 0 took 5 name latest
      x5/a span 0 took 5 name t1
      long-id-6/a span 0 took 5
      x7/a span 0 took 5 name long
      x8/a start 0 name late
      """)
    for (name, expected) in [
      ("checkout", "x2 of 2"), ("x1", "x1"), ("latest", "x8"), ("t1", "x1"), ("long", "long-id-6"), ("late", "x8 of 1"),
    ] {
      let found = store.store.lookup(name)
      let got = (try? found.get()).map { store.store.displayID($0.slot) + ($0.namesakes.map { " of \($0)" } ?? "") } ?? "\(found)"
      #expect(got == expected, "\(name)")
    }
    for name in ["Checkout", "checkou", "checkout "] { #expect((try? store.store.lookup(name).get()) == nil, "\(name)") }
  }

  @Test func namesThatLeadToNone() {
    let store = StoreHarness(traces)
    let rows = [
      ("trace", "ambiguous trace_1 trace_12 trace_2"), ("trac", "ambiguous trace_1 trace_12 trace_2"),
      // Three characters are too few for a prefix; case and spelling matter.
      ("tra", "near last trace_1 trace_2 trace_12 4bf92f3577b34da6a3ce929d0e0e4736"),
      ("trace_13", "near trace_1 trace_12 trace_2 last 4bf92f3577b34da6a3ce929d0e0e4736"),
      ("4BF9", "near last trace_1 trace_2 trace_12 4bf92f3577b34da6a3ce929d0e0e4736"),
      ("t6", "near last trace_1 trace_2 trace_12 4bf92f3577b34da6a3ce929d0e0e4736"),
      ("t0", "near last trace_1 trace_2 trace_12 4bf92f3577b34da6a3ce929d0e0e4736"),
      ("", "near last trace_1 trace_2 trace_12 4bf92f3577b34da6a3ce929d0e0e4736"),
    ]
    for (name, expected) in rows { check(store, name, expected) }
  }

  @Test func anEmptyStoreSaysSo() {
    let store = StoreHarness()
    for name in ["latest", "latest-error", "slowest", "trace_1", "t1", ""] { check(store, name, "empty") }
    store.feed("t/a span 0 took 1")
    check(store, "latest-error", "empty")
    check(store, "latest", "t")
  }

  @Test func evictedTracesAreToldApartFromUnknownOnes() {
    let store = StoreHarness { $0.maxTraces = 1 }
    store.feed("trace_1/a span 0 took 1\ntrace_1/a span 5 took 1")
    store.advance(500)
    store.feed("trace_19/a start 0")
    #expect(store.ids == ["trace_1~2", "trace_19"])
    for name in ["trace_1", "t1", "trace_1~1"] { check(store, name, "evicted near \(near(name))") }
    check(store, "trace_1~2", "trace_1~2")
    check(store, "trace_1~3", "near trace_1~2 trace_19")
    check(store, "trace_2", "near \(near("trace_2"))")
    check(store, "t9", "near \(near("t9"))")

    func near(_ name: String) -> String { nearest(name, among: store.ids, limit: 5).joined(separator: " ") }
  }

  @Test func theNearestNamesComeFirst() {
    let rows = [
      ("trace_10", ["trace_1", "trace_11", "other"], ["trace_1", "trace_11", "other"]),
      ("abc", ["abd", "bbc", "abc"], ["abc", "abd", "bbc"]),
      ("", ["b", "a", "cc"], ["a", "b", "cc"]), ("x", [], []), ("kitten", ["sitting", "mitten", "kit"], ["mitten", "kit", "sitting"]),
    ]
    for (name, candidates, expected) in rows {
      let got = nearest(name, among: candidates, limit: 5)
      #expect(got == expected, "\(name)\n  expected \(expected)\n  got      \(got)")
    }
    #expect(nearest("n5", among: (0..<20).map { "n\($0)" }, limit: 5) == ["n5", "n0", "n1", "n15", "n2"])
  }

  private func check(_ store: StoreHarness, _ name: String, _ expected: String, at location: SourceLocation = #_sourceLocation) {
    let got =
      switch store.store.find(name, now: store.now) {
      case .success(let slot): store.store.displayID(slot)
      case .failure(.empty): "empty"
      case .failure(.ofOtherProjects(let count)): "\(count) of other projects"
      case .failure(.ambiguous(let candidates)): "ambiguous " + candidates.joined(separator: " ")
      case .failure(.notFound(let near, let gone)): (gone != nil ? "evicted " : "") + "near " + near.joined(separator: " ")
      }
    #expect(got == expected, "\(name.debugDescription)\n  expected \(expected)\n  got      \(got)", sourceLocation: location)
  }
}

// Proves that signatures never hide a span: they are created once, dropped when the trace changes, and can only have false positives.

import Testing
import TraceRecords

@testable import TraceDistiller

struct SignatureTests {
  private static func query(_ change: (inout SpanConditions) -> Void) -> TraceQuery {
    var query = TraceQuery()
    change(&query.span)
    return query
  }

  /// Handles of the matching traces, searched twice: the first search creates the signatures, the second one uses them.
  private static func found(_ store: SharedTraceStore, _ query: TraceQuery, now: Int64) -> (first: [Int], again: [Int]) {
    func ask() -> [Int] { store.select(query, now: now).traces.map(\.place.serial).sorted() }
    return (ask(), ask())
  }

  /// Durations in 16 bits are never too small, at most a thousandth too large, and in order.
  @Test func longestSpansAreNeverUnderstated() {
    var random = SplitMix64(seed: 7)
    var samples: [Int64] = [0, 1, 1_023, 1_024, 1_025, 2_047, 2_048, .max, .max - 1]
    for _ in 0..<10_000 { samples.append(Int64.random(in: 0...Int64.max, using: &random) >> Int64.random(in: 0...62, using: &random)) }
    for nanos in samples {
      let kept = SpanSignature.nanos(SpanSignature.code(nanos))
      #expect(kept >= nanos && kept - nanos <= nanos / 1_000 + 1, "\(nanos) ns became \(kept)")
    }
  }

  /// A value, name, service and duration that only one of 300 traces has is found only in it; unknown ones are not found.
  @Test func everyTraceIsFoundByWhatItAloneHas() {
    let store = SharedTraceStore { $0.maxTraces = 0 }
    for trace in 0..<300 {
      store.feed(
        """
        t\(trace)/r<- span \(trace * 1_000) took 500 name root
        t\(trace)/c<r span \(trace * 1_000) took \(trace + 1) name step-\(trace) | "attributes":{"user":"u\(trace)"}
        """)
    }
    let now: Int64 = 1 << 40
    for trace in 0..<300 {
      let questions: [(String, TraceQuery)] = [
        ("attribute", Self.query { $0.attributes = [("user", "u\(trace)")] }),
        ("name", Self.query { $0.name = TextPattern("STEP-\(trace)") }),
        ("text", Self.query { $0.texts = [TextPattern("U\(trace)")] }),
      ]
      for (kind, query) in questions {
        let (first, again) = Self.found(store, query, now: now)
        #expect(first.contains(trace + 1) && first == again, "\(kind) of trace \(trace): first \(first), then \(again)")
      }
    }
    for query in [
      Self.query { $0.attributes = [("user", "u300")] }, Self.query { $0.attributes = [("nobody", "u1")] },
      Self.query { $0.name = TextPattern("step-300") }, Self.query { $0.texts = [TextPattern("u300")] },
      Self.query { $0.minMillis = 1e9 },
    ] {
      let (first, again) = Self.found(store, query, now: now)
      #expect(first.isEmpty && again.isEmpty, "\(query.span): \(first), \(again)")
    }
  }

  /// A late record invalidates the signature.
  @Test func aTraceThatChangesIsKnownAnew() {
    let store = SharedTraceStore { $0.maxTraces = 0 }
    store.feed("a/r<- span 0 took 5 name root | \"attributes\":{\"user\":\"anna\"}")
    let query = Self.query { $0.attributes = [("user", "bert")] }
    #expect(Self.found(store, query, now: 1 << 40) == ([], []))
    store.feed("a/late<r span 1 took 1 name late | \"attributes\":{\"user\":\"bert\"}")
    #expect(Self.found(store, query, now: 1 << 41) == ([1], [1]), "the late span has the value")
    store.withLock { $0.finishInput(now: 1 << 42) }
    #expect(Self.found(store, query, now: 1 << 42) == ([1], [1]))
  }

  /// Of 300 small traces hardly any is opened for a value that only another one has: a signature that matches everything would be useless.
  @Test func hardlyATraceIsOpenedInVain() {
    let store = SharedTraceStore { $0.maxTraces = 0 }
    for trace in 0..<300 {
      store.feed("t\(trace)/r<- span \(trace) took 5 name root | \"attributes\":{\"user\":\"u\(trace)\",\"shard\":\(trace % 7)}")
    }
    store.withLock { $0.finishInput(now: 1 << 40) }
    let traces = store.select(TraceQuery(), now: 1 << 40).traces
    var conditions = SpanConditions()
    conditions.attributes = [("user", "nobody")]
    var opened = 0
    for round in 0..<2 {
      opened = 0
      store.visit(traces, now: 1 << 40, matching: conditions) { _, _, _ in
        opened += 1
        return true
      }
      #expect(round == 1 || opened == 300, "the first search makes what is known of each: \(opened)")
    }
    #expect(opened <= 15, "\(opened) of 300 were opened again")
  }

  /// Traces of more than 12 spans have additional bits, which are freed with them and are counted.
  @Test func largerTracesAreFoundByWhatTheyAloneHave() {
    let store = SharedTraceStore { $0.maxTraces = 0 }
    for trace in 0..<20 {
      let spans = (1...100).map { span in
        "t\(trace)/c\(span)<r span \(trace) took 1 name step-\(span) | \"attributes\":{\"user\":\"u\(trace)-\(span)\"}"
      }
      store.feed((["t\(trace)/r<- span \(trace) took 5 name root"] + spans).joined(separator: "\n"))
    }
    let now: Int64 = 1 << 40
    store.advance(to: now)
    let before = store.withLock { $0.signatures.allocatedBytes }
    for trace in 0..<20 {
      let query = Self.query { $0.attributes = [("user", "u\(trace)-77")] }
      #expect(Self.found(store, query, now: now) == ([trace + 1], [trace + 1]), "trace \(trace)")
    }
    let bytes = store.withLock { ($0.signatures.allocatedBytes, $0.tableBytes) }
    #expect(before == 0 && bytes.0 > 20 * 400 && bytes.0 < 20 * 101 * 4 + (1 << 16), "\(before), \(bytes.0) bytes")
    #expect(bytes.1 >= bytes.0, "they count against the bound: \(bytes)")
    store.feed("t3/late<r span 9 took 1 name late | \"attributes\":{\"user\":\"new\"}", now: now)
    store.advance(to: now * 2)
    #expect(Self.found(store, Self.query { $0.attributes = [("user", "new")] }, now: now * 2) == ([4], [4]))
    store.withLock { store in for trace in store.liveTraces() { store.forget(trace.slot) } }
    #expect(store.withLock { $0.signatures.largeCount } == 0, "their bits go with the traces")
  }

  /// The two characters beyond ASCII whose lower case is ASCII are found by it, as in a single text.
  @Test(arguments: ["K", "İ"]) func oddFolding(_ letter: String) {
    let store = SharedTraceStore { $0.maxTraces = 0 }
    store.feed("a/r<- span 0 took 5 name root | \"attributes\":{\"user\":\"xx\(letter)\"}")
    let query = Self.query { $0.texts = [TextPattern(letter == "K" ? "xxk" : "xxi")] }
    #expect(Self.found(store, query, now: 1 << 40) == ([1], [1]), "\(letter)")
  }

  /// The same by their bytes.
  @Test func longerNamesThanAreKept() {
    var known = KnownTexts()
    for number in 0..<20 { Array((String(repeating: "x", count: 60_000) + "\(number)").utf8).withUnsafeBytes { _ = known.insert($0) } }
    #expect(known.isOverflown && known.items(TextPattern("x")) == nil && known.allocatedBytes == 0)
  }

  /// Above its limit nothing is known about names, and everything is still found.
  /// Of 200 traces of three kinds none is opened where names alone are asked for: the answer is known, and right, whatever was on one span.
  @Test func namesAreKnownWithoutOpeningATrace() {
    let store = SharedTraceStore { $0.maxTraces = 0 }
    for trace in 0..<200 {
      let kind = trace % 3
      store.feed(
        """
        t\(trace)/r<- span \(trace * 100) took 50 name root
        t\(trace)/c<r span \(trace * 100) took 5 name step-\(kind)
        t\(trace)/d<r span \(trace * 100) took 5 name other
        """)
    }
    store.withLock { $0.finishInput(now: 1 << 40) }
    let all = store.select(TraceQuery(), now: 1 << 40).traces
    let questions: [(String, (inout SpanConditions) -> Void, (Int) -> Bool)] = [
      ("name", { $0.name = TextPattern("STEP-1") }, { $0 % 3 == 1 }), ("any name", { $0.name = TextPattern("step") }, { _ in true }),
      ("names of one span", { ($0.name, $0.target) = (TextPattern("other"), TextPattern("no such module")) }, { _ in false }),
    ]
    for (kind, change, holds) in questions {
      var conditions = SpanConditions()
      change(&conditions)
      for round in 0..<2 {
        var (opened, sure): ([Int], [Int]) = ([], [])
        var scan = SpanScan(conditions)
        let keep: (RankedTrace) -> Void = { sure.append($0.place.serial) }
        store.visit(all, now: 1 << 40, matching: conditions, surely: keep) { trace, storage, _ in
          if scan.matchesAny(in: storage) { opened.append(trace.place.serial) }
          return true
        }
        let expected = (0..<200).filter(holds).map { $0 + 1 }
        #expect((opened + sure).sorted() == expected, "\(kind), round \(round): \(opened), \(sure)")
        if kind != "name" || round > 0 { #expect(opened.isEmpty, "\(kind), round \(round): \(opened) were opened") }
      }
    }
    let bytes = store.withLock { $0.signatures.allocatedBytes }
    #expect(bytes < 200 * 40 + (1 << 15), "\(bytes) bytes")
  }

  /// More kinds of traces than are kept are no kinds, and more words neither.
  @Test func moreKindsThanAreKept() {
    var kinds = TraceVocabularies()
    for number in 0...UInt32(TraceVocabularies.mostKinds) {
      let kind = kinds.kind([TraceVocabularies.Words(name: number, service: 0, target: 0)])
      #expect(kind == (number < TraceVocabularies.mostKinds ? number + 1 : 0), "\(number)")
    }
    #expect(kinds.kind([TraceVocabularies.Words(name: 7, service: 0, target: 0)]) == 8, "those that are known stay")
    #expect(kinds.contains(8) { $0.name == 7 } && !kinds.contains(8) { $0.name == 8 })
    var wide = TraceVocabularies()
    let many = Set((0...UInt32(TraceVocabularies.mostMembers)).map { TraceVocabularies.Words(name: $0, service: 1, target: 2) })
    #expect(wide.kind(many) == 0 && wide.count == 0)
  }

  @Test func moreNamesThanAreKept() {
    var known = KnownTexts()
    for number in 0...KnownTexts.most { Array("name \(number)".utf8).withUnsafeBytes { _ = known.insert($0) } }
    #expect(known.isOverflown && known.items(TextPattern("name 7")) == nil && known.allocatedBytes == 0)
  }
}

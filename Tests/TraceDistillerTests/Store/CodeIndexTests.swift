// Proves that the index of source locations agrees with the kept traces, whatever happened to traces: grown, failed, folded, evicted,
// reused.

import Testing

@testable import TraceDistiller

@Suite struct CodeIndexTests {
  /// Members of `fields` for a location.
  private static func at(_ file: String, _ line: Int, _ function: String) -> String {
    #" | "file":"\#(file)","line":\#(line),"function":"\#(function)""#
  }

  /// One line per location: `file:line function ×spans failed=n t1 t2`.
  private func uses(_ store: StoreHarness, _ file: String) -> [String] {
    store.store.codeLocations(inFile: file).map { use in
      let place = "\(use.location.file):\(use.location.line) \(use.location.function)"
      return "\(place) ×\(use.spans)\(use.failures > 0 ? " failed=\(use.failures)" : "") \(use.traces.joined(separator: " "))"
    }
  }

  @Test func `Spans count at their place, with their failures and traces`() throws {
    let store = StoreHarness()
    let (pay, ask) = (Self.at("/srv/shop/pay.swift", 7, "pay()"), Self.at("/srv/shop/pay.swift", 40, "ask(bank:)"))
    store.feed("a/r start 0\(pay)\na/x<r span 1 took 1 status error\(ask)\na/y<r span 2 took 1\(ask)\na/r end 9 took 9 status error")
    store.feed("b/r span 0 took 1\(pay)")
    #expect(
      uses(store, "pay.swift") == ["/srv/shop/pay.swift:7 pay() ×2 failed=1 t2 t1", "/srv/shop/pay.swift:40 ask(bank:) ×2 failed=1 t1"])
    let storage = try #require(store.snapshot("a")?.storage)
    let asked = CodeLocation(file: "/srv/shop/pay.swift", line: 40, function: "ask(bank:)")
    #expect(storage.rows(at: asked).map { storage.spanID($0) } == ["x", "y"])
    #expect(storage.codeLocation(ofRow: storage.rows(at: asked)[0]) == asked)
    #expect(storage.rows(at: CodeLocation(file: "pay.swift", line: 40, function: "ask(bank:)")) == [], "a place is named as the records do")
  }

  @Test func `Files are found by the ends of their paths, whole components each`() {
    let store = StoreHarness("a/r span 0 took 1\(Self.at("/app/shop/src/pay.py", 1, "f"))")
    store.feed("a/x<r span 0 took 1\(Self.at("src/pay.py", 2, "g"))")
    store.feed(#"a/y<r span 0 took 1 | "file":"C:\\shop\\pay.py","line":3"#)
    let rows: [(path: String, lines: [Int])] = [
      ("pay.py", [1, 3, 2]), ("src/pay.py", [1, 2]), ("shop/src/pay.py", [1, 2]), ("/src/pay.py", [1, 2]), ("/home/me/src/pay.py", [2]),
      ("/app/shop/src/pay.py", [1, 2]), (#"shop\pay.py"#, [3]), ("ay.py", []), ("pay", []), ("", []), ("/", []), ("other.py", []),
    ]
    for (path, lines) in rows {
      let got = store.store.codeLocations(inFile: path).map(\.location.line)
      #expect(got == lines, "\(path): expected \(lines), got \(got)")
    }
  }

  @Test func `Every format's names lead to one place`() {
    let place = #"{"key":"code.file.path","value":{"stringValue":"a.rs"}},{"key":"code.line.number","value":{"intValue":"4"}}"#
    let old = #"{"key":"code.filepath","value":{"stringValue":"a.rs"}},{"key":"code.lineno","value":{"intValue":4}}"#
    func otlp(_ id: String, _ attributes: String) -> String {
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0123456789abcdef0123456789abcde\#(id)","spanId":"0123456789abcdef","name":"n","startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":[\#(attributes)]}]}]}]}"#
    }
    let store = StoreHarness(#"a/r span 0 took 1 | "file":"a.rs","line":4,"function":"f""#)
    store.feed(json: otlp("0", place + #",{"key":"code.function.name","value":{"stringValue":"f"}}"#))
    store.feed(json: otlp("1", old + #",{"key":"code.function","value":{"stringValue":"f"}}"#))
    #expect(uses(store, "a.rs") == ["a.rs:4 f ×3 t3 t2 t1"])
    store.feed(json: otlp("2", place))
    #expect(uses(store, "a.rs") == ["a.rs:4  ×1 t4", "a.rs:4 f ×3 t3 t2 t1"], "without a function it is another place")
  }

  @Test func `What names no file is at no place; wrong types are not taken`() {
    let extras = [
      #""line":4,"function":"f""#, #""file":"","line":4"#, #""file":7"#, #""file":"\#(String(repeating: "x", count: 1_025)).swift""#,
      #""file":{"a":1}"#,
    ]
    for extra in extras {
      let store = StoreHarness("a/r span 0 took 1 | \(extra)")
      #expect(store.store.codeIndex.isEmpty, "\(extra.prefix(40))")
      #expect(store.snapshot("a")?.storage.hasPlaces == false, "\(extra.prefix(40))")
    }
    let store = StoreHarness(#"a/r span 0 took 1 | "file":"a.swift","line":-3,"function":9"#)
    #expect(uses(store, "a.swift") == ["a.swift:0  ×1 t1"], "a line and a function that are none are left out")
  }

  @Test(arguments: [true, false]) func `Places are found whether or not secrets are taken out, and none is made of a secret`(redacts: Bool)
  {
    let store = StoreHarness { $0.redacts = redacts }
    store.feed(
      #"a/r span 0 took 1 | "file":"a.swift","line":1,"function":"f","password":"x","status_message":"said Bearer abcdefghijklmnop1234""#)
    #expect(uses(store, "a.swift") == ["a.swift:1 f ×1 t1"])
    store.feed(#"a/x<r span 0 took 1 | "file":"https://me:hunter2@host/b.swift","line":1"#)
    #expect(uses(store, "b.swift").isEmpty == redacts)
  }

  @Test func `The first place of a span stays, in whatever order its records come`() {
    let (one, other) = (Self.at("a.swift", 1, "one"), Self.at("a.swift", 2, "other"))
    let store = StoreHarness("a/r start 0\(one)\na/r end 1 took 1 status error\(other)\na/r end 1 took 1\(other)")
    #expect(uses(store, "a.swift") == ["a.swift:1 one ×1 failed=1 t1"])
    let late = StoreHarness("a/r end 1 took 1 status error\na/r start 0\(one)")
    #expect(uses(late, "a.swift") == ["a.swift:1 one ×1 failed=1 t1"], "the failure came before the place")
    let log = StoreHarness("a/r start 0\(one)\na/r log 1 says ERROR no")
    #expect(uses(log, "a.swift") == ["a.swift:1 one ×1 failed=1 t1"], "a span that logs an error failed")
  }

  @Test func `Eviction takes out what a trace brought, a reopened trace counts on, recycled ids are apart`() {
    let store = StoreHarness { $0.maxTraces = 2 }
    let (one, other) = (Self.at("a.swift", 1, "one"), Self.at("b.swift", 2, "other"))
    store.feed("a/r<- span 0 took 1 status error\(one)\na/r<- span 5 took 1\(one)\nb/r<- span 0 took 1\(other)")
    #expect(uses(store, "a.swift") == ["a.swift:1 one ×2 failed=1 t2 t1"])
    store.advance(500)
    #expect(uses(store, "a.swift") == ["a.swift:1 one ×1 t2"], "the first of the three is gone")
    store.feed("a/late<r span 1 took 1 status error\(one)")
    store.expectList("a~2 settling r 1ms spans=2 failed=1 (recentRecords)", "b completed r 1ms")
    #expect(uses(store, "a.swift") == ["a.swift:1 one ×2 failed=1 t2"])
    _ = store.clear { $0.traceID == "a~2" }
    #expect(uses(store, "a.swift") == [] && uses(store, "b.swift") == ["b.swift:2 other ×1 t3"])
    _ = store.clear { _ in true }
    #expect(store.store.codeIndex.isEmpty && store.store.codeIndex.fileCount == 0)
  }

  @Test func `What is folded away still counts`() throws {
    let store = StoreHarness("a/r start 0\(Self.at("a.swift", 1, "root"))")
    for index in 0..<50 { store.feed("a/s\(index)<r span \(index) took 1 name call\(Self.at("a.swift", 2, "call"))") }
    store.feed("a/open<r start 60\(Self.at("a.swift", 3, "wait"))")
    #expect(store.collapse("a") == 50)
    let storage = try #require(store.snapshot("a")?.storage)
    #expect(storage.spans.indices.map { storage.codeLocation(ofRow: $0)?.line ?? 0 } == [1, 3, 0], "the row of the fold stands for many")
    #expect(uses(store, "a.swift") == ["a.swift:1 root ×1 t1", "a.swift:2 call ×50 t1", "a.swift:3 wait ×1 t1"])
    store.feed("a/open end 61 took 1 status error\na/again<r span 62 took 1\(Self.at("a.swift", 2, "call"))")
    #expect(uses(store, "a.swift") == ["a.swift:1 root ×1 t1", "a.swift:2 call ×51 t1", "a.swift:3 wait ×1 failed=1 t1"])
    _ = store.clear { _ in true }
    #expect(store.store.codeIndex.isEmpty)
  }

  @Test func `The newest traces are named, at most as many as are asked for`() {
    let store = StoreHarness { $0.maxTraces = 0 }
    for index in 1...30 { store.feed("t\(index)/r span 0 took 1\(Self.at("a.swift", 1, "f"))") }
    _ = store.clear { $0.serial == 30 || $0.serial == 3 }
    let use = store.store.codeLocations(inFile: "a.swift", traceLimit: 3)[0]
    #expect(use.traces == ["t29", "t28", "t27"] && use.traceCount == 28 && use.spans == 28)
  }

  /// After any changes the index equals the sum over all kept traces.
  @Test(arguments: 1...12 as ClosedRange<UInt64>) func `The index is the sum of the kept traces`(seed: UInt64) {
    var random = StoreRandom(seed: seed)
    let store = StoreHarness {
      $0.maxTraces = 12
      $0.maxBytes = seed % 3 == 0 ? 60_000 : 1 << 24
      $0.maxLiveNanos = 2_000_000_000
    }
    for step in 0..<400 {
      let trace = "x\(Int.random(in: 0..<20, using: &random))"
      let place = Self.at("dir/f\(Int.random(in: 0..<3, using: &random)).swift", Int.random(in: 1...3, using: &random), "g")
      let outcome = Int.random(in: 0..<4, using: &random) == 0 ? " status error" : ""
      switch Int.random(in: 0..<8, using: &random) {
      case 0: store.feed("\(trace)/r<- start \(step)\(place)")
      case 1: store.feed("\(trace)/r end took 5\(outcome)\(place)")
      case 2...4: store.feed("\(trace)/s\(step % 9)<r span \(step) took 1\(outcome)\(place)")
      case 5: store.feed("\(trace)/s\(step % 9) log \(step) says ERROR no")
      case 6: store.advance(Int64.random(in: 0...400, using: &random))
      default: if step % 5 == 0 { _ = store.collapse(trace) } else if step % 7 == 0 { _ = store.clear { $0.traceID == trace } }
      }
      check(store, "seed \(seed), step \(step)")
    }
    _ = store.clear { _ in true }
    #expect(store.store.codeIndex.isEmpty && store.store.codeIndex.fileCount == 0, "seed \(seed)")
  }

  private func check(_ store: StoreHarness, _ place: String) {
    var expected: [String: [Int]] = [:]
    for slot in store.store.slots.indices {
      guard let live = store.store.slots[slot] else { continue }
      for number in live.storage.places.all.indices.map({ UInt32($0 + 1) }) {
        let known = live.storage.places[number]
        let name = "\(live.storage.codeLocation(number))"
        let sum = expected[name] ?? [0, 0, 0, 0]
        expected[name] = [sum[0] + Int(known.spans), sum[1] + Int(known.failures), sum[2] + 1, max(sum[3], live.handle)]
      }
      let rows = live.storage.spans.indices.count { live.storage.codeLocation(ofRow: $0) != nil }
      let all = live.storage.places.all.reduce(0) { $0 + Int($1.spans) }
      #expect(live.storage.collapsedSpans > 0 ? rows <= all : rows == all, "\(place)")
    }
    var got: [String: [Int]] = [:]
    for file in 0..<3 {
      for use in store.store.codeLocations(inFile: "f\(file).swift") {
        got["\(use.location)"] = [use.spans, use.failures, use.traceCount, Int(use.traces[0].dropFirst()) ?? 0]
      }
    }
    #expect(got == expected, "\(place)")
  }
}

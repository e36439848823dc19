// Proves what traces say of lines: times, calls, failures, who calls whom, and what is over when a newer run no longer shows it.

import Testing

@testable import TraceDistiller

@Suite struct TraceCodeTests {
  private func code(_ store: StoreHarness, _ trace: String) throws -> TraceCode {
    TraceCode(TraceAnalysis(DistilledTrace(try #require(store.snapshot(trace)))))
  }

  private func at(_ line: Int, _ function: String, _ file: String = "/srv/a.py") -> String {
    #" | "file":"\#(file)","line":\#(line),"function":"\#(function)""#
  }

  @Test func `Recursion is counted once, calls as often as they were`() throws {
    let store = StoreHarness("a/r span 0 took 100\(at(1, "main"))")
    store.feed("a/x<r span 10 took 50\(at(5, "walk"))\na/y<x span 20 took 20\(at(5, "walk"))\na/z<y span 25 took 10\(at(9, "leaf"))")
    let code = try code(store, "a")
    let walk = try #require(code.places.first { $0.location.line == 5 })
    #expect(walk.calls == 2 && walk.totalNanos == 50_000_000, "calls \(walk.calls), total \(walk.totalNanos)")
    #expect(walk.selfNanos == 40_000_000 && walk.maxNanos == 50_000_000 && walk.durations == [50_000_000, 20_000_000])
    let edges = code.calls.map { "\($0.caller.function)→\($0.callee.function) ×\($0.calls) \($0.totalNanos / 1_000_000)" }.sorted()
    #expect(edges == ["main→walk ×1 50", "walk→leaf ×1 10"], "a call of itself is none: \(edges)")
  }

  @Test func `Recursion is counted once however deep it is`() throws {
    let store = StoreHarness("a/s0 span 0 took 300\(at(5, "walk"))")
    for depth in 1...200 { store.feed("a/s\(depth)<s\(depth - 1) span \(depth) took 50") }
    store.feed("a/x<s200 span 201 took 9\(at(5, "walk"))\na/y<s200 span 220 took 3\(at(9, "leaf"))")
    let code = try code(store, "a")
    let walk = try #require(code.places.first { $0.location.line == 5 })
    #expect(walk.calls == 2 && walk.totalNanos == 300_000_000, "total \(walk.totalNanos)")
    #expect(code.calls.map { "\($0.caller.function)→\($0.callee.function)" } == ["walk→leaf"], "spans without a place are passed over")
  }

  @Test func `A failure is told where it came from, with the way to it`() throws {
    let store = StoreHarness("a/r span 0 took 100\(at(1, "main", "/srv/main.py"))")
    store.feed("a/m<r span 5 took 90")
    store.feed("a/x<m span 10 took 50 status error\(at(5, "load"))")
    let code = try code(store, "a")
    let note = try #require(code.notes.first { $0.kind == .error })
    #expect(note.location.line == 5)
    #expect(note.path.map(\.location.file) == ["/srv/main.py"], "\(note.path.map(\.location))")
  }

  @Test func `A newer run of the same root ends what an older one told`() throws {
    let store = StoreHarness("a/r span 0 took 9 status error\(at(3, "f"))")
    store.feed("b/r span 1000 took 7\(at(3, "f"))")
    let (old, new) = (try code(store, "a"), try code(store, "b"))
    let isHere: (String) -> Bool = { $0 == "/srv/a.py" }
    #expect(FileCode([old], isIn: isHere).told.contains { $0.note.kind == .error })
    let both = FileCode([new, old], isIn: isHere)
    #expect(!both.told.contains { $0.note.kind == .error })
    let line = try #require(both.lines.first)
    #expect(both.lines.count == 1 && line.calls == 2 && line.failures == 1 && line.traces == 2 && line.newest == new.handle)
    #expect(line.percentiles() == (7_000_000, 9_000_000) && line.criticalShare == 1)
    #expect(FileCode([new, old], isIn: { _ in false }).lines.isEmpty)
  }

  @Test func `The newest traces of a file, and those that failed elsewhere`() throws {
    let store = StoreHarness("a/r span 0 took 1\(at(1, "f"))")
    for (number, id) in ["b", "c", "d"].enumerated() { store.feed("\(id)/r span \(number) took 1\(at(1, "f"))") }
    store.feed("e/r span 9 took 1 status error")
    store.feed("g/r span 9 took 1\(at(1, "f", "/srv/other.py"))")
    func serials(_ files: [String], _ limit: Int, _ failed: Int) -> [Int] {
      store.store.slots(through: files, of: nil, limit: limit, failed: failed).map { store.store.ranks[$0].serial }
    }
    #expect(serials(["/srv/a.py"], 2, 0) == [4, 3])
    #expect(serials(["/srv/a.py"], 9, 5) == [5, 4, 3, 2, 1])
    #expect(serials(["/srv/none.py"], 9, 0) == [])
    #expect(store.store.codeIndex.files.sorted() == ["/srv/a.py", "/srv/other.py"])
  }
}

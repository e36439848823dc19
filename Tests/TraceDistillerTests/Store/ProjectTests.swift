// Proves which traces belong to a project, and that a source that prefers one shows the others only when asked.

import Testing

@testable import TraceDistiller

struct ProjectTests {
  @Test func aDirectoryBelongsToItsProject() {
    let rows: [(project: String, directory: String, belongs: Bool)] = [
      ("/srv/shop", "/srv/shop", true), ("/srv/shop", "/srv/shop/", true), ("/srv/shop/", "/srv/shop/api", true),
      ("/srv/shop", "/srv/shop2", false), ("/srv/shop", "/srv", false), ("/srv/shop", "/", false), ("/", "/anything", true),
      ("*", "/anything", true), ("//", "/x", true),
    ]
    for row in rows {
      #expect(ProjectCondition(row.project)?.includes(row.directory) == row.belongs, "\(row.directory) in \(row.project)")
    }
    for text in ["", "shop", "./shop", "~/shop"] { #expect(ProjectCondition(text) == nil, "\(text) is a path") }
  }

  /// Runs r1 and r2 work in two projects, r3 says nothing.
  private func store() -> StoreHarness {
    let store = StoreHarness()
    for (run, directory) in [("r1", "/srv/shop/api"), ("r2", "/srv/bank")] {
      store.feed(
        json: #"{"message":"SESSION_START","fields":{"session_start":true,"session_id":"\#(run)","working_directory":"\#(directory)"}}"#)
    }
    store.feed("shop/a span 0 took 9 run r1\nbank/a span 0 took 5 run r2\nnobody/a span 0 took 1 run r3")
    return store
  }

  @Test func listsAndSelectorsAreOfTheProject() {
    let store = store()
    func names(_ project: String?) -> [String] {
      var query = TraceListQuery()
      query.filter.trace.project = project.flatMap { ProjectCondition($0) }
      return store.store.listing(query, now: 0).lines.map(\.traceID)
    }
    #expect(names(nil) == ["nobody", "bank", "shop"])
    #expect(names("*") == ["nobody", "bank", "shop"])
    #expect(names("/srv/shop") == ["nobody", "shop"])
    #expect(names("/srv/bank") == ["nobody", "bank"])
    #expect(names("/elsewhere") == ["nobody"])
    var query = TraceListQuery()
    query.filter.trace.project = .below("/srv/shop")
    #expect(store.store.listing(query, now: 0).ofOtherProjects == 1)
    // Counted is what would match but for its project.
    query.filter.trace.minRootMillis = 8
    #expect(store.store.listing(query, now: 0).ofOtherProjects == 0)

    func found(_ name: String, _ project: ProjectCondition?) -> String {
      switch store.store.lookup(name, of: project) {
      case .success(let found): store.store.displayID(found.slot)
      case .failure(let miss): "\(miss)"
      }
    }
    #expect(found("slowest", nil) == "shop")
    #expect(found("slowest", .below("/srv/bank")) == "bank")
    #expect(found("latest", .below("/srv/shop")) == "nobody")
    // Ids and handles lead anywhere.
    #expect(found("shop", .below("/srv/bank")) == "shop")
    #expect(found("t1", .below("/srv/bank")) == "shop")
  }

  @Test func aProjectWithoutTracesSaysThatOthersHaveSome() {
    let store = StoreHarness()
    store.feed(json: #"{"message":"SESSION_START","fields":{"session_start":true,"session_id":"r1","working_directory":"/srv/shop"}}"#)
    store.feed("shop/a span 0 took 9 run r1")
    guard case .failure(.ofOtherProjects(1)) = store.store.lookup("latest", of: .below("/srv/bank")) else {
      Issue.record("latest is \(store.store.lookup("latest", of: .below("/srv/bank")))")
      return
    }
    guard case .failure(.empty) = store.store.lookup("latest-error", of: .below("/srv/shop")) else {
      Issue.record("latest-error is \(store.store.lookup("latest-error", of: .below("/srv/shop")))")
      return
    }
  }

  @Test func aTraceOfSeveralProgramsBelongsToTheirProjects() {
    let store = store()
    store.feed("4bf92f3577b34da6a3ce929d0e0e4736/a span 0 took 9 run r1\n4bf92f3577b34da6a3ce929d0e0e4736/b<a span 1 took 5 run r2")
    for project in ["/srv/shop", "/srv/bank"] {
      #expect(store.store.belongs(slot: store.slot("4bf92f3577b34da6a3ce929d0e0e4736")!, to: .below(project)), "\(project)")
    }
  }

  @Test func directoriesAreBounded() {
    var runs = RunTable(maxRuns: 10_000, maxBytes: 64 << 20)
    func note(_ directory: String, _ run: String) {
      Array(directory.utf8).withUnsafeBytes { directory in Array(run.utf8).withUnsafeBytes { runs.note(directory: directory, of: $0) } }
    }
    for number in 0..<RunTable.maxDirectories + 5 { note("/d/\(number)", "r\(number)") }
    func directory(_ run: String) -> String? { Array(run.utf8).withUnsafeBytes { name in runs.directory(runs.run(named: name)) } }
    #expect(directory("r0") == "/d/0")
    #expect(directory("r\(RunTable.maxDirectories - 1)") == "/d/\(RunTable.maxDirectories - 1)")
    #expect(directory("r\(RunTable.maxDirectories)") == nil, "one more than the bound is known")
    note("/d/3", "r\(RunTable.maxDirectories)")
    #expect(directory("r\(RunTable.maxDirectories)") == "/d/3", "a known one of a new run")
    note("/" + String(repeating: "x", count: RunTable.maxDirectoryBytes), "r1")
    #expect(directory("r1") == "/d/1", "a path over the bound was taken")
    note("relative", "r2")
    #expect(directory("r2") == "/d/2", "a path that is not absolute was taken")
  }
}

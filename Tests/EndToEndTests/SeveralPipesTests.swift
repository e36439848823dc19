// Proves that one server reads several FIFOs as if each were its only one: records of all of them, a busy pipe that does not starve the
// others, and owners, journals, faults and counters of each.

import JSON
import Platform
import Testing

@Suite struct SeveralPipesTests {
  /// A server with `count` pipes: `0.pipe`, `1.pipe`, ….
  private func serve(_ count: Int, in place: TestPlace, options: [String] = []) throws -> (server: ServerProcess, pipes: [String]) {
    let pipes = (0..<count).map { "\(place.path)/\($0).pipe" }
    let server = try ServerProcess(pipe: pipes[0], options: pipes.dropFirst().flatMap { ["--pipe", $0] } + options)
    return (server, pipes)
  }

  private func source(_ path: String, _ status: JSONValue) -> JSONValue {
    status["sources"]?.array?.first { $0["path"]?.string == path } ?? .null
  }

  private func records(_ path: String, _ status: JSONValue) -> Int64 { source(path, status)["counters"]?["records"]?.integer ?? -1 }

  @Test func `Records of every pipe are in one store, each pipe has a row of its own`() throws {
    let place = try TestPlace()
    let (server, pipes) = try serve(3, in: place)
    let writers = pipes.enumerated().map { writer(traceLines("from-\($0)") + String(repeating: "no record\n", count: $0), to: $1) }
    for process in writers { wait(process) }
    let status = try server.status { status in
      pipes.enumerated().allSatisfy {
        records($1, status) == 2 && source($1, status)["counters"]?["otherLines"]?.integer == Int64($0)
      }
    }
    #expect(status["sources"]?.array?.map { $0["path"]?.string } == pipes, "in the order in which they were named")
    #expect(status["sources"]?.array?.allSatisfy { $0["state"]?.string == "reading" } == true)
    let names = try server.ask("traces/list")["traces"]?.array?.compactMap { $0["traceId"]?.string }
    #expect(names.map { Set($0) } == ["from-0", "from-1", "from-2"])
  }

  @Test func `A pipe that never runs empty starves no other`() throws {
    let place = try TestPlace()
    let (server, pipes) = try serve(2, in: place)
    // The busy writer stops only when the slow pipe's trace was found: a server that reads one pipe until it is empty would never find it.
    let hot = spawn(["sh", "-c", "exec yes '\(traceLines("hot").split(separator: "\n")[0])' > '\(pipes[0])'"])
    defer {
      kill(hot, SIGKILL)
      wait(hot)
    }
    let before = try server.status { records(pipes[0], $0) > 1_000 }
    wait(writer(traceLines("slow"), to: pipes[1]))
    let after = try server.status { records(pipes[1], $0) == 2 }
    let summary = try server.ask("trace/summary", ["traceId": "slow"])
    #expect(summary["trace"]?["traceId"]?.string == "slow" || summary["traceId"]?.string == "slow", "\(summary.serializedString)")
    #expect(records(pipes[0], after) > records(pipes[0], before), "the hot pipe was read on")
  }

  @Test func `A pipe of another server is waited for while the others are read, and taken over when that one ends`() throws {
    let place = try TestPlace()
    let owner = try ServerProcess(pipe: place.path + "/0.pipe")
    let (server, pipes) = try serve(2, in: place)
    wait(writer(traceLines("mine"), to: pipes[1]))
    let waiting = try server.status { records(pipes[1], $0) == 2 }
    #expect(source(pipes[0], waiting)["state"]?.string == "owned")
    #expect(source(pipes[0], waiting)["ownerPid"]?.integer == Int64(owner.process))
    let hint = try server.ask("traces/list", ["filter": ["name": "nothing"]])["hint"]?.string
    #expect(hint?.contains("nothing matches") == true, "\(hint ?? "")")
    kill(owner.process, SIGKILL)
    owner.end()
    _ = try server.status { source(pipes[0], $0)["state"]?.string == "reading" }
    wait(writer(traceLines("theirs"), to: pipes[0]))
    _ = try server.status { records(pipes[0], $0) == 2 }
    #expect(try server.ask("traces/list")["total"]?.integer == 2)
  }

  @Test func `What befalls one pipe leaves the others alone`() throws {
    let place = try TestPlace()
    let (server, pipes) = try serve(2, in: place)
    unlink(pipes[0])
    close(open(pipes[0], O_CREAT | O_WRONLY, 0o600))
    _ = try server.status { source(pipes[0], $0)["state"]?.string == "unavailable" }
    wait(writer(traceLines("well"), to: pipes[1]))
    _ = try server.status { records(pipes[1], $0) == 2 }
    unlink(pipes[0])
    _ = try server.status { source(pipes[0], $0)["state"]?.string == "reading" }
    wait(writer(traceLines("again"), to: pipes[0]))
    _ = try server.status { records(pipes[0], $0) == 2 }
  }

  @Test func `Each pipe has its own journal`() throws {
    let place = try TestPlace()
    let pipes = (0..<2).map { "\(place.path)/\($0).pipe" }
    for pipe in pipes { _ = try HostProcess([pipe, "tier=journal", "count=500", "pace=20000", "end=_exit"]).end() }
    let (server, _) = try serve(2, in: place)
    let status = try server.status { status in pipes.allSatisfy { records($0 + ".journal", status) == 500 } }
    #expect(status["sources"]?.array?.map { $0["kind"]?.string } == ["pipe", "journal", "pipe", "journal"])
    #expect(status["store"]?["counters"]?["moduleLogs"]?.integer == 1_000)
  }

  @Test func `An empty answer names every pipe that is read, and the one that is not`() throws {
    let place = try TestPlace()
    let owner = try ServerProcess(pipe: place.path + "/2.pipe")
    let (server, pipes) = try serve(3, in: place)
    let hint = try server.ask("traces/list")["hint"]?.string ?? ""
    #expect(
      hint.contains("\(pipes[0]) or \(pipes[1])") && hint.contains("\(pipes[2]) is read by another server (pid \(owner.process))"),
      "\(hint)")
  }

  @Test func `The same pipe twice and too many pipes are refused`() throws {
    let place = try TestPlace()
    #expect(run(["mkdir", place.path + "/inner"]).code == 0)
    for other in [place.pipe, place.path + "/inner/../p.pipe"] {
      let refused = run([program, "serve", "--pipe", place.pipe, "--pipe", other])
      #expect(refused.code == 64 && refused.error.contains("once"), "\(refused.code) \(refused.error)")
    }
    let many = (0...64).flatMap { ["--pipe", "\(place.path)/\($0).pipe"] }
    let refused = run([program, "serve"] + many)
    #expect(refused.code == 64 && refused.error.contains("65 pipes are named; one server reads 64 at most"), "\(refused.error)")
    #expect(access(place.path + "/0.pipe", F_OK) != 0, "nothing was made")
  }

  @Test func `Pipes are named by options, or by a variable that a colon parts`() {
    let table: [(options: [String], variable: String, paths: String)] = [
      (["--pipe", "/a", "--pipe", "/b"], "/c", "/a\n/b\n"), ([], "/c:/d", "/c\n/d\n"), ([], ":/c:", "/c\n"),
    ]
    for (options, variable, paths) in table {
      let output = run([program, "paths", "--quiet"] + options, environment: ["TRACE_DISTILLER_PIPE=\(variable)"]).output
      #expect(output == paths, "\(options) \(variable)")
    }
    let long = run([program, "paths", "--pipe", "/a", "--pipe", "/b"]).output
    #expect(long == "pipe  /a  (--pipe)\nlock  /a.lock\npipe  /b  (--pipe)\nlock  /b.lock\n")
  }
}

// Proves the output and the exit codes of commands: recorded streams, one-shot calls, paths, and invalid arguments.

import JSON
import Platform
import Testing

@Suite struct CommandTests {
  @Test func `The demo ends well and shows a live program and a recorded one`() throws {
    let result = run([
      "env", "TRACE_DISTILLER_PROGRAM=\(program)", "TRACE_DISTILLER_DEMO_PROGRAM=\(demoProgram)", packageRoot + "/scripts/demo",
    ])
    #expect(result.code == 0 && !result.error.contains("in vain"), "\(result.error)")
    for part in [
      "slowOutlier: SELECT order_item", "Root: POST /orders", "=== Critical path ===", "=== Errors ===", "missing records: 0",
      "Root: download_all",
    ] {
      #expect(result.output.contains(part), "missing \(part) in\n\(result.output)")
    }
    // First live records, then live and recorded ones: all of them were read.
    let counts = result.output.matches(of: /reading \S+: (\d+) records of (\d+) lines/)
    #expect(counts.count == 2 && counts.allSatisfy { $0.1 == $0.2 }, "\(result.output)")
    let totals = counts.compactMap { Int($0.1) }
    #expect(totals.last.map { $0 - (totals.first ?? 0) } == 185)
  }

  @Test func `distill prints the list, then the most telling trace`() {
    let result = run([program, "distill", fixture])
    #expect(result.code == 0, "\(result.error)")
    #expect(result.output.hasPrefix("4 traces, newest first:\nt4 ⚠️ download_all"), "\(result.output)")
    // All four have errors inside and as many spans: the longest.
    #expect(result.output.contains("\nFollows: t3, errors inside;") && result.output.contains("Trace: t3 · trace_2251799813685249"))
    #expect(result.output.components(of: "=== Execution path report ===") == 1)
  }

  @Test func `distill --all and --trace choose traces, --locale the language`() {
    #expect(run([program, "distill", fixture, "--all"]).output.components(of: "=== Execution path report ===") == 4)
    #expect(run([program, "distill", fixture, "--trace", "trace_9"]).output.contains("Trace: t2 · trace_9"))
    #expect(run([program, "distill", fixture, "--trace", "t1", "--locale", "zh"]).output.contains("根函数: download_all"))
  }

  @Test func `distill reads standard input and several files`() {
    let result = run([program, "distill", "-", fixture], input: traceLines("mine", root: "from_stdin"))
    #expect(result.code == 0)
    #expect(result.output.hasPrefix("5 traces"), "\(result.output)")
    #expect(result.output.contains("from_stdin"))
  }

  @Test func `distill reads whole documents, packed ones, and one format alone`() throws {
    let place = try TestPlace()
    let file = place.path + "/profile"
    let events = (1...3).map { #"{"ph":"X","name":"call \#($0)","ts":\#($0)0,"dur":5,"pid":1,"tid":2},"# }.joined(separator: "\n")
    wait(spawn(["sh", "-c", "printf '[\\n%s\\n' '\(events)' | gzip -c > '\(file)'"]))
    let result = run([program, "call", "traces/list", "--input", file])
    #expect(result.code == 0 && result.output.contains(#""traceId":"1/2""#) && result.output.contains(#""spanCount":3"#), "\(result)")
    #expect(result.error.isEmpty, "\(result.error)")
    #expect(run([program, "distill", file, "--format", "zipkin"]).code == 65)
    let unknown = run([program, "distill", file, "--format", "csv"])
    #expect(unknown.code == 64 && unknown.error.contains("chrome"), "\(unknown.error)")
    wait(spawn(["sh", "-c", "head -c 60 '\(file)' > '\(file)-cut'"]))
    #expect(run([program, "distill", file + "-cut"]).error.contains("the gzip file ends early"))
  }

  @Test func `Secrets are not printed unless asked for`() {
    let lines = traceLines("mine", root: "login?password=hunter2")
    #expect(run([program, "distill", "-"], input: lines).output.contains("Root: login?password=[redacted:password]"))
    let open = run([program, "distill", "-", "--no-redaction"], input: lines)
    #expect(open.code == 0 && open.output.contains("Root: login?password=hunter2"), "\(open.output)\(open.error)")
    let json = run([program, "call", "traces/list", "--input", "-"], input: lines)
    #expect(json.code == 0 && !json.output.contains("hunter2"), "\(json.output)")
  }

  @Test func `A trace is explained beside another, as text and as facts, and its absence is told`() throws {
    let lines = """
      \(otlpSpan("a", "0000000000000001", "", 0, 110))
      \(otlpSpan("a", "0000000000000001", "", 0, 30).replacing("5b8efff7", with: "5b8efff8"))
      """
    let told = run([program, "explain", "-", "--trace", "5b8efff7", "--base", "5b8efff8"], input: lines)
    #expect(
      told.code == 0 && told.output.contains("1. a: own time of a 110.00 ms (base 30.00 ms) — 80.00 ms more (100.0 %)"),
      "\(told.output)\(told.error)")
    let facts = run([program, "explain", "-", "5b8efff7", "--base", "5b8efff8", "--json"], input: lines)
    let answer = try JSONValue(parsing: facts.output)
    #expect(facts.code == 0 && answer["findings"]?[0]?["explainsMs"]?.double == 80, "\(facts.output)\(facts.error)")
    let alone = run([program, "explain", "-", "--trace", "nothing"], input: lines)
    #expect(alone.code == 1 && alone.error.contains("no trace nothing"), "\(alone.output)\(alone.error)")
    #expect(run([program, "explain", "-", "--base", "{"], input: lines).code == 64)
  }

  @Test func `Clocks are set right only where that is asked for, and every answer says so`() throws {
    let lines = otlpSpan("a", "0000000000000001", "", 10, 110) + "\n" + otlpSpan("b", "0000000000000002", "0000000000000001", 0, 50)
    let told = run([program, "distill", "-"], input: lines)
    #expect(told.code == 0 && told.output.contains("Clock skew: b starts 10.00 ms before its caller a"), "\(told.output)\(told.error)")
    let repaired = run([program, "distill", "-", "--max-clock-adjust", "1s"], input: lines)
    #expect(
      repaired.output.contains("Clocks set right, times are not the records' own: b +35.00 ms (1 span)"),
      "\(repaired.output)\(repaired.error)")
    let span = run(
      [program, "call", "trace/span", #"{"spanId":"0000000000000002"}"#, "--input", "-", "--max-clock-adjust", "1s"], input: lines)
    let answer = try JSONValue(parsing: span.output)
    #expect(answer["span"]?["startTimeUnixNano"]?.string == "1767225600035000000", "\(span.output)")
    #expect(answer["clockAdjustments"]?[0]?["deltaMs"]?.double == 35, "\(span.output)")
    let export = run([program, "call", "trace/export", "--text", "--input", "-", "--max-clock-adjust", "1s"], input: lines)
    #expect(export.output.contains(#""startTimeUnixNano":"1767225600000000000""#), "\(export.output)")
  }

  @Test func `The spans of one trace join from several files, and what lacks its root names the missing parent`() throws {
    let place = try TestPlace()
    let (front, back) = (place.path + "/front.jsonl", place.path + "/back.jsonl")
    for (file, line) in [
      (front, otlpSpan("front", "0000000000000001", "", 0, 100)), (back, otlpSpan("back", "0000000000000002", "0000000000000001", 20, 50)),
    ] { wait(spawn(["sh", "-c", "echo '\(line)' > '\(file)'"])) }
    let both = run([program, "distill", back, front])
    #expect(
      both.code == 0 && both.output.contains("Root: front · front\n") && both.output.contains("└─ 🔥 back ("), "\(both.output)\(both.error)")
    #expect(!both.output.contains("Not complete"), "\(both.output)")
    let alone = run([program, "distill", back]).output
    for part in ["Status: ⚠️ ok, but its parent is missing", "Not complete: noRoot, missingParents", "0000000000000001"] {
      #expect(alone.contains(part), "missing \(part) in\n\(alone)")
    }
  }

  /// One span of one service as an OTLP line, with times in milliseconds.
  private func otlpSpan(_ service: String, _ id: String, _ parent: String, _ start: Int, _ end: Int) -> String {
    #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\#(service)"}}]},"scopeSpans":[{"spans":[{"#
      + #""traceId":"5b8efff798038103d269b633813fc60c","spanId":"\#(id)","parentSpanId":"\#(parent)","name":"\#(service)","#
      + #""startTimeUnixNano":"\#(1_767_225_600_000 + start)000000","endTimeUnixNano":"\#(1_767_225_600_000 + end)000000"}]}]}]}"#
  }

  @Test func `Lines that are not taken are told with file, line and byte, and do not stop the rest`() throws {
    let place = try TestPlace()
    let file = place.path + "/mixed.jsonl"
    wait(spawn(["sh", "-c", "{ echo oops; cat '\(fixture)'; echo '{\"x\":1}'; } > '\(file)'"]))
    let result = run([program, "distill", file])
    #expect(result.code == 0)
    #expect(result.error.contains("line 187 (byte 49211): not a record of a known format (an object with x)"), "\(result.error)")
    #expect(result.error.contains("nothing was lost, and not all of it are records (lines 187, "), "\(result.error)")
    #expect(result.output.hasPrefix("4 traces"))
  }

  @Test func `call prints the result alone, or its text, or the error on stderr`() throws {
    let result = run([program, "call", "traces/list", "{\"limit\":1}", "--input", fixture])
    #expect(result.code == 0)
    let json = try JSONValue(parsing: result.output)
    #expect(json["total"]?.integer == 4)
    #expect(json["traces"]?.array?.count == 1)
    #expect(result.error.isEmpty)
    let text = run([program, "call", "trace/summary", "--text", "--input", fixture])
    #expect(text.output.hasPrefix("=== Execution path report ===\n"))
    let wrong = run([program, "call", "trace/summary", "{\"traceId\":\"trace_8\"}", "--input", fixture])
    #expect(wrong.code == 1)
    #expect(wrong.output.isEmpty)
    let error = try JSONValue(parsing: wrong.error)
    #expect(error["code"]?.integer == 1_001, "\(wrong.error)")
    #expect(error["data"]?["near"]?[0]?.string == "trace_1" || error["data"]?["near"]?[0]?.string == "trace_9", "\(wrong.error)")
  }

  /// An agent without MCP reads the same text as one with MCP, except for the names of the calls.
  @Test func `call --text tells lists in lines`() {
    for (method, params, expected) in [
      ("traces/list", "{}", "4 traces, the first began "), ("traces/search", #"{"text":"fetch"}"#, " found, the newest trace first; "),
      ("trace/errors", #"{"traceId":"trace_1"}"#, "Trace: t1 · trace_1\n"), ("trace/insights", "{}", "Trace: t"),
      ("server/status", "{}", "trace-distiller "),
    ] {
      let result = run([program, "call", method, params, "--text", "--input", fixture])
      #expect(result.code == 0 && result.output.contains(expected), "\(method): \(result.output)\(result.error)")
      #expect(result.output.hasSuffix("\n") && !result.output.hasSuffix("\n\n") && !result.output.hasPrefix("{"), "\(method)")
    }
    let few = run([program, "call", "traces/list", #"{"maxTokens":250,"limit":3}"#, "--text", "--input", fixture])
    #expect(few.output.contains("More: the same call with"), "\(few.output)")
  }

  @Test func `help agents is a page that names every command it needs`() {
    let guide = run([program, "help", "agents"])
    let lines = guide.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(guide.code == 0 && lines.count <= 60, "\(lines.count) lines")
    for name in [
      "distill", "call trace/summary", "trace/criticalPath", "trace/errors", "trace/span", "latest-error", "maxChars",
      "trace-distiller mcp",
    ] {
      #expect(guide.output.contains(name), "the guide does not tell of \(name)")
    }
    #expect(run([program, "help", "call"]).output.contains("USAGE"))
  }

  @Test func `call trace-export prints what the file of another tool holds, and says on stderr where that is a part`() throws {
    let whole = run([program, "call", "trace/export", "--text", "--input", fixture])
    #expect(whole.code == 0 && whole.error.isEmpty)
    #expect(whole.output.hasPrefix("{\"resourceSpans\":[") && whole.output.hasSuffix("]}\n") && !whole.output.hasSuffix("\n\n"))
    let again = run([program, "call", "trace/export", "--text", "--input", "-"], input: whole.output)
    #expect(again.output == whole.output)
    let part = run([program, "call", "trace/export", "{\"format\":\"chrome\",\"maxChars\":2000}", "--text", "--input", fixture])
    let document = try JSONValue(parsing: part.output)
    #expect(part.code == 0 && document["traceEvents"] != nil)
    #expect(part.error.hasPrefix("trace-distiller: a part of the trace: "), "\(part.error)")
    #expect(part.error.contains(" spans; a larger maxChars or cursor o"), "\(part.error)")
  }

  @Test func `call reads the records from standard input`() throws {
    let result = run([program, "call", "traces/list", "--input", "-"], input: traceLines("piped"))
    #expect(try JSONValue(parsing: result.output)["traces"]?[0]?["traceId"]?.string == "piped")
  }

  @Test(arguments: [
    ["call", "traces/list", "[1]", "--input", "/dev/null"], ["call", "traces/list", "{", "--input", "/dev/null"],
    ["distill"],
    ["distill", "--max-chars", "399", "x"], ["serve", "--max-memory", "lots"], ["distill", "x", "--max-clock-adjust", "long"],
    ["serve", "--no-such-option"], ["nonsense"],
  ])
  func `Arguments that cannot be used end with 64 and say what to do`(arguments: [String]) {
    let result = run([program] + arguments)
    #expect(result.code == 64, "\(result.error)")
    #expect(result.output.isEmpty, "\(result.output)")
    #expect(!result.error.isEmpty)
  }

  /// Parameters, files and traces are recognised by their form, in any order; options always have one meaning.
  @Test(arguments: [
    ["call", "trace/summary", fixture, "trace_9", "--text"], ["call", "trace/summary", "trace_9", fixture, "--text"],
    ["call", "trace/summary", #"{"traceId":"trace_9"}"#, fixture, "--text"],
    ["call", "trace/summary", "--text", "--trace", "t2", "--input", fixture],
    ["call", "trace/summary", "--params", #"{"traceId":"t2"}"#, "--text", fixture], ["distill", fixture, "t2"],
    ["distill", "trace_9", fixture],
    ["distill", fixture, #"{"traceId":"t2"}"#], ["distill", "--trace", "t2", "--input", fixture],
  ])
  func `Arguments are told apart by what they look like`(arguments: [String]) {
    let result = run([program] + arguments)
    #expect(result.code == 0 && result.output.contains("Trace: t2 · trace_9"), "\(arguments): \(result.output.prefix(300))\(result.error)")
  }

  @Test func `Every command ends by the same table`() throws {
    let place = try TestPlace()
    for (arguments, code, words) in [
      (["call", "trace/summary", fixture, "nowhere"], 1, "no trace nowhere"), (["distill", fixture, "nowhere"], 1, "no trace nowhere"),
      (["call", "traces/list", fixture, "t2"], 64, "takes no trace"), (["distill", fixture, "t1", "t2"], 64, "two traces are named"),
      (["distill", fixture, "t1", #"{"traceId":"t2"}"#], 64, "two traces are named"),
      (["call", "trace/summary", fixture, "{}", "{}"], 64, "parameters are given twice"),
      (["call", "trace/summary", "--pipe", "/nowhere/p"], 69, "no hub is there"),
      (["call", "trace/summary", place.path + "/none.jsonl"], 66, "none.jsonl: No such file"),
      (["call", "trace/summary", "--input", place.path + "/none.jsonl"], 66, "none.jsonl: No such file"),
      (["call", "traces/list", place.path], 66, "is a directory"), (["call", "traces/lits", fixture], 1, "traces/list"),
      (["distill", fixture, #"{"maxChars":399}"#], 1, "maxChars must be an integer from 400 to 200000"),
    ] as [([String], Int32, String)] {
      let result = run([program] + arguments)
      #expect(result.code == code && result.error.contains(words), "\(arguments): \(result.code) \(result.error)")
      #expect(result.output.isEmpty, "\(arguments): \(result.output.prefix(200))")
    }
  }

  @Test func `A file that cannot be read ends with 66 and names it`() {
    let result = run([program, "distill", "/no/such/file"])
    #expect(result.code == 66)
    #expect(result.error == "trace-distiller: /no/such/file: No such file or directory\n")
  }

  @Test func `The default pipe does not depend on variables that MCP clients leave out`() {
    let path = run([program, "paths", "--quiet"], environment: []).output
    #expect(path.hasSuffix("/default.pipe\n"), "\(path)")
    for variables in [["XDG_RUNTIME_DIR=/elsewhere"], ["TMPDIR=/elsewhere"], ["HOME=/elsewhere", "USER=somebody"]] {
      #expect(run([program, "paths", "--quiet"], environment: variables).output == path)
    }
    #expect(run([program, "paths", "--quiet"], environment: ["TRACE_DISTILLER_PIPE=/a/b.pipe"]).output == "/a/b.pipe\n")
    #expect(
      run([program, "paths", "--pipe", "/c.pipe"], environment: ["TRACE_DISTILLER_PIPE=/a/b.pipe"]).output.contains("/c.pipe  (--pipe)"))
  }
}

extension String {
  func components(of part: String) -> Int { ranges(of: part).count }
}

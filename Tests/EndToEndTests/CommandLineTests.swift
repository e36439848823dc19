// Proves the comfort of the command line: what `distill` shows of many traces, what Ctrl-C does, several requests over one reading, help of methods, what shells
// complete.

import JSON
import Platform
import Testing

@Suite struct CommandLineTests {
  /// A trace of some spans below a root, in milliseconds, as one line of OTLP.
  private func trace(_ number: Int, _ name: String, millis: Int, spans: Int = 1, failed: Bool = false) -> String {
    func hex(_ value: Int, _ width: Int) -> String {
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: width - digits.count) + digits
    }
    let base = 1_767_225_600_000 + number * 1_000
    let list = (1...spans).map { index in
      let parent = index == 1 ? "" : #""parentSpanId":"\#(hex(number * 100 + 1, 16))","#
      let status = failed && index == 1 ? #","status":{"code":2,"message":"no"}"# : ""
      return
        #"{"traceId":"\#(hex(number + 0xABC, 32))","spanId":"\#(hex(number * 100 + index, 16))",\#(parent)"name":"\#(index == 1 ? name : "step")","#
        + #""startTimeUnixNano":"\#(base)000000","endTimeUnixNano":"\#(base + millis)000000"\#(status)}"#
    }
    return
      #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[\#(list.joined(separator: ","))]}]}]}"#
  }

  // MARK: distill

  @Test func `The trace that follows is one that failed, of most spans; else the slowest`() {
    let slow = trace(1, "slow", millis: 900)
    let small = trace(2, "small", millis: 5, failed: true)
    let large = trace(3, "large", millis: 4, spans: 3, failed: true)
    let last = trace(4, "last", millis: 10)
    let failed = run([program, "distill", "-"], input: [slow, small, large, last].joined(separator: "\n"))
    #expect(failed.code == 0 && failed.output.contains("\nFollows: t3, it failed; another by --trace, all by --all\n"), "\(failed)")
    #expect(failed.output.contains("Trace: t3 · ") && failed.output.components(of: "=== Execution path report ===") == 1)
    let well = run([program, "distill", "-"], input: [slow, last].joined(separator: "\n"))
    #expect(well.output.contains("Follows: t1, the slowest") && well.output.contains("Root: slow"), "\(well)")
    let named = run([program, "distill", "-", "latest"], input: [slow, last].joined(separator: "\n"))
    #expect(named.output.contains("Root: last") && !named.output.contains("Follows"), "\(named)")
    // One trace has no list before it.
    #expect(run([program, "distill", "-"], input: slow).output.hasPrefix("=== Execution path report ==="))
  }

  @Test func `Of many traces ten are listed, and all where that is asked for`() {
    let lines = (1...155).map { trace($0, "root \($0)", millis: $0) }.joined(separator: "\n")
    let some = run([program, "distill", "-"], input: lines).output
    #expect(some.hasPrefix("155 traces, newest first:\nt155 "), "\(some.prefix(200))")
    #expect(some.contains("\n… 145 more: --list all\nFollows: t155, the slowest"), "\(some.prefix(1_500))")
    #expect(some.split(separator: "\n").count < 60)
    let all = run([program, "distill", "-", "--list", "all"], input: lines).output
    #expect(all.contains("\nt1 ✅ root 1 ") && !all.contains("more: --list"), "\(all.prefix(300))")
    #expect(run([program, "distill", "-", "--list", "2"], input: lines).output.contains("… 153 more"))
    #expect(run([program, "distill", "-", "--list", "few"], input: lines).code == 64)
  }

  @Test func `Many traces of few kinds begin with an overview by root`() {
    let lines =
      (1...60).map { trace($0, "GET /cart", millis: $0) } + (61...90).map { trace($0, "POST /order", millis: 100, failed: $0 > 87) }
    let output = run([program, "distill", "-"], input: lines.joined(separator: "\n")).output
    #expect(
      output.hasPrefix(
        "2 kinds of traces, by root:\n✅ GET /cart · shop  ×60  p50 30.00 ms  p95 57.00 ms\n❌ POST /order · shop  ×30  p50 100.00 ms  p95 100.00 ms  3 failed\n90 traces, newest first:\n"
      ), "\(output.prefix(600))")
  }

  @Test func `A binary file gives what its JSON gives`() throws {
    let place = try TestPlace()
    // A span of 16 and 8 bytes of id, an instant of our time: protobuf by hand.
    let file = place.path + "/spans"
    let octal = [
      "\\012\\076\\022\\074\\022\\072", "\\012\\020\\001\\002\\003\\004\\005\\006\\007\\010\\011\\012\\013\\014\\015\\016\\017\\020",
      "\\022\\010\\001\\002\\003\\004\\005\\006\\007\\010", "\\052\\012GET /cart!", "\\071\\000\\000\\372\\355\\121\\162\\206\\030",
      "\\101\\000\\000\\372\\355\\121\\162\\206\\030",
    ].joined()
    wait(spawn(["sh", "-c", "printf '\(octal)' > '\(file)'"]))
    let result = run([program, "distill", file])
    #expect(result.code == 0 && result.output.contains("Root: GET /cart!") && result.error.isEmpty, "\(result)")
    let packed = run(["sh", "-c", "gzip -c '\(file)' | '\(program)' call traces/list -"])
    #expect(packed.code == 0 && packed.output.contains("0102030405060708090a0b0c0d0e0f10"), "\(packed)")
    // Cut inside of its one span: there is no whole one.
    wait(spawn(["sh", "-c", "head -c 40 '\(file)' > '\(file)-cut'"]))
    let cut = run([program, "distill", file + "-cut"])
    #expect(cut.code == 65 && cut.error.contains("looks like OTLP protobuf"), "\(cut)")
  }

  // MARK: Ctrl-C

  /// The writer holds the pipe open: the first SIGINT waits for a second of silence, a second one for nothing.
  @Test(arguments: [1, 2]) func `Ctrl-C ends the reading and not the answer`(_ times: Int) throws {
    let place = try TestPlace()
    let file = place.path + "/lines"
    try place.write((1...1_000).map { trace($0, "root", millis: 5) }.joined(separator: "\n") + "\n", to: file)
    // More than a pipe holds: once all is written, the program reads, and has its handler. Without job control the shell would have it ignore SIGINT.
    let script = """
      set -m
      mkfifo '\(place.path)/fifo'
      '\(program)' distill - < '\(place.path)/fifo' &
      exec 7> '\(place.path)/fifo'
      cat '\(file)' >&7
      for n in \((1...times).map { "\($0)" }.joined(separator: " ")); do kill -INT $!; done
      wait $!
      """
    let result = run(["bash", "-c", script])
    #expect(
      result.code == 0 && result.output.hasPrefix("1 kind of trace, by root:\n"),
      "\(result.code) \(result.error) \(result.output.prefix(200))")
    #expect(result.output.contains("\n1,000 traces, newest first:\n"))
  }

  // MARK: call

  @Test func `Several requests are answered over one reading`() throws {
    let place = try TestPlace()
    let file = place.path + "/requests"
    try place.write(
      #"""
      {"method":"traces/list","params":{"limit":1}}

      {"jsonrpc":"2.0","id":"e","method":"trace/errors","params":{"traceId":"latest"}}
      {"method":"trace/summary","params":{"traceId":"nothing"}}
      """#, to: file)
    let result = run([program, "call", "--requests", file, "-"], input: trace(1, "root", millis: 5, failed: true))
    let answers = try result.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(result.code == 1 && answers.count == 3, "\(result)")
    #expect(answers.first?["id"]?.integer == 1 && answers.first?["result"]?["total"]?.integer == 1)
    #expect(answers.dropFirst().first?["id"]?.string == "e" && answers.dropFirst().first?["result"]?["errors"] != nil, "\(result.output)")
    #expect(
      answers.last?["id"]?.integer == 4 && answers.last?["error"]?["message"]?.string?.contains("nothing") == true, "\(result.output)")
    let text = run(
      [program, "call", "--requests", "-", "--text", fixture], input: #"{"method":"trace/insights"}"# + "\n" + #"{"method":"logs/list"}"#)
    #expect(text.code == 0 && text.output.hasPrefix("== trace/insights\n") && text.output.contains("\n== logs/list\n"), "\(text)")
  }

  @Test(
    arguments: [
      (["call", "--requests", "/nothing", "-"], "", 66, "No such file"), (["call", "--requests", "-", "-"], "", 64, "once"),
      (["call", "--requests", "-"], "", 64, "name the records"), (["call"], "", 64, "help methods"),
      (["call", "--requests", "-", fixture], "oops\n", 64, "line 1"),
      (["call", "--requests", "-", fixture], "{}\n", 64, "line 1: no request"),
      (["call", "--requests", "-", fixture], "\n", 64, "holds no request"),
      (["call", "--requests", "-", fixture], #"{"method":"traces/list","params":[]}"#, 64, "must be a JSON object"),
    ] as [([String], String, Int32, String)]) func `Wrong requests are told before anything is read`(
      _ words: [String], _ input: String, _ code: Int32, _ said: String
    )
  {
    let result = run([program] + words, input: input)
    #expect(result.code == code && result.error.contains(said) && result.output.isEmpty, "\(words): \(result)")
  }

  @Test func `Parameters, files and traces come in any order`() {
    for words in [[fixture, "t1", "{}"], ["{}", "t1", fixture], ["t1", fixture]] {
      let result = run([program, "call", "trace/errors", "--text"] + words)
      #expect(result.code == 0 && result.output.contains("Trace: t1"), "\(words): \(result)")
    }
  }

  // MARK: help

  /// openrpc.json and the pages of help hold each other: a summary or parameter that changes there changes here, by `scripts/method-pages`.
  @Test func `Help tells of every method and parameter what the OpenRPC document says`() throws {
    let document = try JSONValue(parsing: try text(of: packageRoot + "/protocol/openrpc.json"))
    func words(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    let list = run([program, "help", "methods"])
    #expect(list.code == 0)
    var count = 0
    for method in document["methods"]?.array ?? [] {
      let name = method["name"]?.string ?? ""
      guard name.contains("/") else { continue }
      count += 1
      let page = run([program, "help", name])
      let told = words(page.output)
      let summary = words(method["summary"]?.string ?? "?")
      #expect(page.code == 0 && told.contains(summary) && words(list.output).contains(summary), "\(name): \(page)")
      for given in method["params"]?.array ?? [] {
        let reference = given["$ref"]?.string?.split(separator: "/").last.map(String.init)
        let parameter = reference.flatMap { document["components"]?["contentDescriptors"]?[$0] } ?? given
        #expect(told.contains((parameter["name"]?.string ?? "?") + " ("), "\(name): no \(parameter["name"]?.string ?? "?")")
        if let description = parameter["description"]?.string {
          #expect(told.contains(words(description)), "\(name): \(description)")
        }
      }
    }
    // A line each, and one that says how to go on.
    #expect(count >= 17 && list.output.split(separator: "\n").count == count + 1, "\(list.output)")
    let wrong = run([program, "help", "trace/sumary"])
    #expect(wrong.code == 64 && wrong.error.contains("near: trace/summary"), "\(wrong)")
    #expect(run([program, "help", "distill"]).output.contains("Ctrl-C"))
  }

  // MARK: Completion

  /// What bash offers for the last of the words, with the script that the program prints.
  private func completions(_ words: [String], in directory: String) -> Set<String> {
    let script = """
      cd '\(directory)'
      export PATH='\(program.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 })':$PATH
      source <(trace-distiller --generate-completion-script bash)
      COMP_WORDS=(\(words.map { "'\($0)'" }.joined(separator: " ")))
      COMP_CWORD=\(words.count - 1)
      COMP_LINE="${COMP_WORDS[*]}"
      COMP_POINT=${#COMP_LINE}
      function=$(complete -p trace-distiller | sed 's/.*-F \\([^ ]*\\).*/\\1/')
      "$function" trace-distiller "${COMP_WORDS[$COMP_CWORD]}" "${COMP_WORDS[$COMP_CWORD-1]}" 2>/dev/null
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    return Set(run(["bash", "-c", script]).output.split(separator: "\n").map { String($0).trimmingBlanks })
  }

  @Test func `Shells complete methods, formats, traces and files`() throws {
    let place = try TestPlace()
    try place.write(trace(1, "a", millis: 5) + "\n" + trace(2, "b", millis: 6) + "\n", to: place.path + "/records.jsonl")
    #expect(
      completions(["trace-distiller", "call", "trace/e"], in: place.path).isSuperset(of: ["trace/errors", "trace/explain", "trace/export"]))
    #expect(completions(["trace-distiller", "distill", "--format", "z"], in: place.path).contains("zipkin"))
    #expect(completions(["trace-distiller", "distill", "rec"], in: place.path).contains("records.jsonl"))
    #expect(
      completions(["trace-distiller", "distill", "records.jsonl", "--trace", ""], in: place.path)
        .isSuperset(of: ["t1", "t2", "latest", "latest-error", "slowest"]))
    #expect(completions(["trace-distiller", "dis"], in: place.path).contains("distill"))
    for shell in ["zsh", "fish"] {
      let script = run([program, "--generate-completion-script", shell])
      #expect(script.code == 0 && script.output.contains("trace/errors") && script.output.contains("zipkin"), "\(shell)")
    }
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    var text = Substring(self)
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

extension TestPlace {
  fileprivate func write(_ text: String, to file: String) throws {
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    try #require(descriptor >= 0)
    writeAll(Array(text.utf8), to: descriptor)
    close(descriptor)
  }
}

private func text(of file: String) throws -> String {
  let result = run(["cat", file])
  try #require(result.code == 0, "\(result.error)")
  return result.output
}

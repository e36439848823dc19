// Proves that a program under `run` is as it would be alone, that what it says is heard, and how `run` ends.

import JSON
import Platform
import Testing

@Suite struct RunTests {
  private static func record(_ trace: String, status: Int = 0) -> String {
    """
    {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":\
    [{"traceId":"\(trace)","spanId":"eee19b7ec3c1b174","name":"checkout \(trace.suffix(2))","startTimeUnixNano":"1544712660000000000",\
    "endTimeUnixNano":"1544712661000000000","status":{"code":\(status)}}]}]}]}
    """
  }

  private static let good = record("5b8efff798038103d269b633813fc6aa")
  private static let bad = record("5b8efff798038103d269b633813fc6bb", status: 2)
  /// Sends its argument to the receiver, without any library.
  private static let post = """
    import os, sys, urllib.request
    url = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] + "/v1/traces"
    for body in sys.argv[1:]:
        urllib.request.urlopen(urllib.request.Request(url, body.encode(), {"Content-Type": "application/json"})).read()
    """

  private static let codes: [(command: [String], code: Int32)] = [
    (["true"], 0), (["false"], 1), (["sh", "-c", "exit 42"], 42), (["sh", "-c", "kill -TERM $$"], 143),
    (["sh", "-c", "kill -KILL $$"], 137),
    (["no-such-program-here"], 127), (["/no/such/program"], 127), (["/tmp"], 126), (["/etc/passwd"], 126),
  ]

  @Test(arguments: codes) func `The exit code is the program's own`(_ command: [String], _ code: Int32) {
    let result = run([program, "run", "--"] + command)
    #expect(result.code == code && result.output.isEmpty, "\(result)")
    #expect(!result.error.isEmpty)
  }

  @Test func `Without a program, or with options that mean nothing, it is used wrongly`() {
    for arguments in [
      [], ["true"], ["--fail-on", "panic", "--", "true"], ["--method", "a", "b", "c", "--", "true"], ["--method", "a", "b", "--", "true"],
    ] {
      let result = run([program, "run"] + arguments)
      #expect(result.code == 64 && !result.error.isEmpty, "\(arguments): \(result)")
    }
    let unknown = run([program, "run", "--method", "no/such", "--", "true"])
    #expect(unknown.code == 125 && unknown.error.contains("no/such"), "\(unknown)")
    let place = run(["env", "TMPDIR=/no/such/directory", program, "run", "--", "true"])
    #expect(place.code == 125 && place.error.contains("/no/such/directory"), "\(place)")
  }

  @Test func `Input, output and errors are the program's, and the answer follows its errors`() {
    let result = run([program, "run", "--", "sh", "-c", "cat; echo said >&2; echo done"], input: "word\n")
    #expect(result.code == 0 && result.output == "word\ndone\n", "\(result)")
    #expect(result.error.hasPrefix("said\ntrace-distiller: no trace came"), "\(result.error)")
    let quiet = run([program, "run", "--quiet", "--", "sh", "-c", "echo said >&2"])
    #expect(quiet.error == "said\n")
  }

  @Test func `Traces sent over HTTP and through the pipe are told, the failed one before the others`() {
    let script = "python3 -c \"$0\" \"$1\" && printf '%s\\n' \"$2\" > \"$TRACE_DISTILLER_PIPE\""
    let result = run([program, "run", "--", "sh", "-c", script, Self.post, Self.good, Self.bad])
    #expect(result.code == 0 && result.output.isEmpty, "\(result)")
    #expect(result.error.hasPrefix("2 traces, newest first:"), "\(result.error)")
    #expect(
      result.error.contains("Trace: t2 · 5b8efff798038103d269b633813fc6bb") && result.error.contains("What: failed after 1.00 s"),
      "\(result.error)")
  }

  @Test func `Traces of the program's children count, also of those that outlive it`() {
    let script = "(sleep 0.3; printf '%s\\n' \"$0\" > \"$TRACE_DISTILLER_PIPE\") & printf '%s' \"$1\" > \"$TRACE_DISTILLER_PIPE\""
    let result = run([program, "run", "--", "sh", "-c", script, Self.good + "\n", Self.bad + "\n"])
    #expect(result.error.hasPrefix("2 traces"), "\(result.error)")
    // A value without its newline is one.
    let bare = run([program, "run", "--", "sh", "-c", "printf '%s' \"$0\" > \"$TRACE_DISTILLER_PIPE\"", Self.good])
    #expect(bare.error.hasPrefix("1 trace"), "\(bare.error)")
    let left = run([program, "run", "--wait", "0", "--", "sh", "-c", "sleep 30 >/dev/null 2>&1 & echo $!"])
    #expect(left.code == 0)
    if let process = pid_t(left.output.split(separator: "\n").first ?? "") { kill(process, SIGKILL) }
  }

  @Test func `--fail-on turns success into 3 and leaves failures as they are`() {
    func code(_ condition: String, _ record: String, exit: Int = 0) -> Int32 {
      run([
        program, "run", "--quiet", "--fail-on", condition, "--", "sh", "-c",
        "printf '%s\\n' \"$0\" > \"$TRACE_DISTILLER_PIPE\"; exit \(exit)", record,
      ]).code
    }
    #expect(code("error", Self.bad) == 3)
    #expect(code("error,finding", Self.bad, exit: 4) == 4)
    #expect(code("error", Self.good) == 0)
    #expect(code("finding", Self.good) == 3)
  }

  @Test func `The answer goes where it is asked for: a file, JSON, another method; spans are kept`() throws {
    let place = try TestPlace()
    let (text, kept) = (place.path + "/answer.txt", place.path + "/kept.jsonl")
    let command = ["--", "sh", "-c", "printf '%s\\n' \"$0\" > \"$TRACE_DISTILLER_PIPE\"", Self.bad]
    let result = run([program, "run", "--text", text, "--keep", kept] + command)
    #expect(result.code == 0 && result.error.isEmpty, "\(result)")
    #expect(run(["cat", text]).output.hasPrefix("1 trace, newest first:"))
    let again = run([program, "distill", kept])
    #expect(again.code == 0 && again.output.contains("checkout bb"), "\(again)")
    let log =
      #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1544712660000000000","severityNumber":13,"body":{"stringValue":"low"}}]}]}]}"#
    _ = run([
      program, "run", "--quiet", "--keep", kept, "--", "sh", "-c", "printf '%s\\n' \"$@\" > \"$TRACE_DISTILLER_PIPE\"", "sh", Self.bad, log,
    ])
    let logs = run([program, "call", "logs/list", kept, "--text"])
    #expect(logs.code == 0 && logs.output.contains("low") && logs.output.contains("WARN"), "a log outside of spans is kept: \(logs)")

    let json = try JSONValue(parsing: run([program, "run", "--json"] + command).error)
    #expect(json["exitCode"]?.integer == 0 && json["traces"]?["total"]?.integer == 1, "\(json.serializedString)")
    #expect(json["explain"]?["findings"]?[0]?["kind"]?.string == "failed" && json["summary"]?["text"]?.string != nil)

    let list = run([program, "run", "--method", "traces/list", #"{"limit":1}"#, "--json"] + command)
    #expect(list.error.hasPrefix(#"{"traces":[{"traceId""#), "\(list.error)")
    let bounded = run([program, "run", "--max-chars", "800"] + command)
    #expect(bounded.error.count <= 1_700, "\(bounded.error.count): \(bounded.error)")
  }

  @Test func `What the user has set stays, and is told where nothing came`() {
    let names = [
      "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_TRACES_EXPORTER", "OTEL_LOGS_EXPORTER", "OTEL_METRICS_EXPORTER",
    ]
    let more = ["OTEL_BSP_SCHEDULE_DELAY", "OTEL_BLRP_SCHEDULE_DELAY", "OTEL_RESOURCE_ATTRIBUTES", "TRACE_DISTILLER_PIPE"]
    let mine = (names + more).map { "\($0)=mine" }
    let kept = run(["env"] + mine + [program, "run", "--", "env"])
    for variable in mine { #expect(kept.output.contains(variable + "\n"), "\(variable): \(kept.output)") }
    #expect(kept.error.contains("OTEL_EXPORTER_OTLP_ENDPOINT") && kept.error.contains("set already"), "\(kept.error)")
    let given = run(["env"] + (names + more).flatMap { ["-u", $0] } + [program, "run", "--", "env"])
    for part in [
      "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\n", "OTEL_TRACES_EXPORTER=otlp\n",
      "OTEL_LOGS_EXPORTER=otlp\n", "OTEL_METRICS_EXPORTER=none\n", "OTEL_BSP_SCHEDULE_DELAY=200\n",
      "OTEL_RESOURCE_ATTRIBUTES=service.instance.id=run-",
      "TRACE_DISTILLER_PIPE=/",
    ] { #expect(given.output.contains(part), "\(part): \(given.output)") }
  }

  private static let advices: [(command: [String], advice: String)] = [
    (["python3", "-c", ""], "opentelemetry-instrument"), (["env", "A=1", "python3", "-c", ""], "opentelemetry-instrument"),
    (["sh", "app.js"], "auto-instrumentations-node/register"), (["sh", "server.jar"], "-javaagent"), (["true"], "OTLP over HTTP"),
  ]

  @Test(arguments: advices) func `Where no trace came, the advice is for the language of the program`(_ command: [String], _ advice: String)
  {
    let result = run([program, "run", "--"] + command)
    #expect(result.error.contains("no trace came") && result.error.contains(advice), "\(result.error)")
    #expect(result.error.split(separator: "\n").last { $0.contains("no trace came") } != nil)
  }

  @Test func `Signals reach the program, and its answer is still told`() throws {
    let place = try TestPlace()
    let (ready, errors) = (place.path + "/ready", makePipe())
    let script = """
      trap 'echo caught >&2; printf "%s\\n" "$0" > "$TRACE_DISTILLER_PIPE"; exit 9' TERM; : > '\(ready)'
      while :; do sleep 0.02; done
      """
    for signal in [SIGTERM] {
      let process = spawn([program, "run", "--", "sh", "-c", script, Self.good], error: errors.writer)
      close(errors.writer)
      for _ in 0..<1_000 where access(ready, F_OK) != 0 { usleep(10_000) }
      kill(process, signal)
      #expect(wait(process) == 9)
      var bytes = [UInt8](repeating: 0, count: 64 << 10)
      var text: [UInt8] = []
      while case let count = read(errors.reader, &bytes, bytes.count), count > 0 { text += bytes[..<count] }
      let told = String(decoding: text, as: UTF8.self)
      #expect(told.contains("caught") && told.contains("1 trace, newest first"), "\(told)")
    }
    close(errors.reader)
  }

  @Test func `--stdout-records takes records out of the output and leaves the rest as it is`() {
    let script = "echo before; printf '%s\\n' \"$0\"; echo '{\"mine\": 1}'; echo '[info] x'; printf 'a {\\n'; printf 'no newline'"
    let result = run([program, "run", "--stdout-records", "--", "sh", "-c", script, Self.good])
    #expect(result.output == "before\n{\"mine\": 1}\n[info] x\na {\nno newline", "\(result.output)")
    #expect(result.error.hasPrefix("1 trace, newest first:"), "\(result.error)")
    // A prompt does not wait for its newline, bytes that are no text stay what they are.
    let bytes = run([program, "run", "--stdout-records", "--quiet", "--", "sh", "-c", "printf '\\377\\000{\"a\\n'; printf '{ open'"])
    #expect(bytes.output.utf8.count > 0 && bytes.output.hasSuffix("{ open"), "\(bytes)")
  }

  @Test(.enabled(if: access("/proc/self/fd", F_OK) == 0)) func `The program gets no descriptor that it would not get alone`() {
    let look = ["sh", "-c", "ls /proc/$$/fd"]
    #expect(run([program, "run", "--quiet", "--"] + look).output == run(look).output)
  }

  @Test func `Nothing is left in the directory for temporary files`() throws {
    let place = try TestPlace()
    let result = run(["env", "TMPDIR=\(place.path)", program, "run", "--", "sh", "-c", "echo $TRACE_DISTILLER_PIPE"])
    #expect(result.output.hasPrefix(place.path + "/trace-distiller-run-"), "\(result.output)")
    #expect(run(["ls", "-A", place.path]).output.isEmpty)
  }
}

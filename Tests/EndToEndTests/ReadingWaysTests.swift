// Proves with the built program that a file, standard input, gzip and a pipe without a last newline give the same answer, and how inputs
// without records are rejected.

import JSON
import Platform
import Testing

@Suite struct ReadingWaysEndToEndTests {
  private static let cases = packageRoot + "/Tests/TraceRecordsTests/Fixtures/cases/"

  @Test(arguments: [
    "06-documents-on-one-line-cat-compact.json", "06-documents-on-one-line-cat-zipkin.json", "07-arrays-of-one-format-otlparray.json",
    "07-arrays-of-one-format-real-pyconsole-array.json", "13-envelopes-of-log-shippers-essearch.json", "14-line-prefixes-compose-py.txt",
    "21-torn-otlp-line-torn-mid.jsonl", "04-nan-in-args-one-line.json",
  ]) func `One input, four ways`(_ name: String) throws {
    let file = Self.cases + name
    let fromFile = run([program, "distill", "--all", file])
    #expect(fromFile.code == 0 && !fromFile.output.isEmpty, "\(fromFile.error)")
    let fromInput = run(["sh", "-c", "'\(program)' distill --all - < '\(file)'"])
    let packed = run(["sh", "-c", "gzip -c '\(file)' | '\(program)' distill --all -"])
    #expect(fromInput.output == fromFile.output && packed.output == fromFile.output, "\(fromInput.output)")
    // There is no newline at the end: the value is decoded after a silence.
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    wait(spawn(["sh", "-c", "printf %s \"$(cat '\(file)')\" > '\(place.pipe)'"]))
    let listed = try JSONValue(parsing: run([program, "call", "traces/list", "--input", file]).output)
    let count = listed["traces"]?.array?.count ?? 0
    let status = try server.status { status in
      let traces = status["store"]?["traces"]
      return (traces?["completed"]?.integer ?? 0) + (traces?["running"]?.integer ?? 0) >= Int64(count)
    }
    #expect(count > 0 && server.source(status)["unfinished"] == nil, "\(status.serializedString)")
    let live = try server.ask("traces/list")["traces"]?.array?.compactMap { $0["traceId"]?.string }
    #expect(live.map { Set($0) } == Set(listed["traces"]?.array?.compactMap { $0["traceId"]?.string } ?? []))
  }

  @Test func `What has not ended is told with its bytes, and costs itself only`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    wait(writer(#"{"resourceSpans":[{"resource":"#, to: place.pipe))
    let status = try server.status { server.source($0)["unfinished"] != nil }
    #expect(server.source(status)["unfinished"]?["bytes"]?.integer == 30, "\(status.serializedString)")
    wait(writer(traceLines("whole"), to: place.pipe))
    let after = try server.records(2)
    #expect(server.counter("tornLines", in: after) == 1 && server.source(after)["unfinished"] == nil, "\(after.serializedString)")
  }

  @Test func `An input without a record is refused in one sentence, exit code 65`() throws {
    let place = try TestPlace()
    for (name, sentence) in [
      ("15-js-console-inspect.txt", "looks like Node's ConsoleSpanExporter"),
      ("24-console-texts-of-other-sdks-dotnet.txt", "looks like .NET's"),
      ("24-console-texts-of-other-sdks-ruby.txt", "looks like Ruby's"), ("24-console-texts-of-other-sdks-coldebug.txt", "debug exporter"),
      ("24-console-texts-of-other-sdks-javalogging.txt", "looks like Java's"),
    ] {
      let result = run([program, "distill", Self.cases + name])
      let lines = result.error.split(separator: "\n")
      #expect(result.code == 65 && lines.count == 2 && lines[0].contains(sentence), "\(name): \(result.code) \(result.error)")
    }
    #expect(run([program, "call", "traces/list", "--input", Self.cases + "15-js-console-inspect.txt"]).code == 65)
    let empty = place.path + "/empty"
    wait(spawn(["sh", "-c", ": > '\(empty)'"]))
    #expect(run([program, "distill", empty]).code == 1 && run([program, "call", "traces/list", "--input", empty]).code == 0)
    #expect(run([program, "distill", place.path + "/none"]).code == 66)
    let folder = run([program, "distill", place.path])
    #expect(folder.code == 66 && folder.error.contains("is a directory; name the files in it"), "\(folder)")
    // Log lines but no trace.
    wait(spawn(["sh", "-c", "echo '{\"timestamp\":\"2026-01-01T00:00:00Z\",\"log_type\":\"module\",\"message\":\"m\"}' > '\(empty)'"]))
    let logs = run([program, "distill", empty])
    #expect(
      logs.code == 1 && logs.error.contains("but a log line: `trace-distiller call logs/list --text --input \(empty)` shows them"),
      "\(logs)")
    #expect(run([program, "call", "logs/list", "--text", "--input", empty]).output.contains("m"))
  }
}

// Proves that the verdict is the exit code, whatever stands in the way of one, and that each form of it can be read by those who read it.

import JSON
import Platform
import Testing

@Suite struct CheckTests {
  /// Requests of a small shop, `queries` a row; span times in the order of the file.
  private static func recording(_ count: Int, queries: Int, charge: Double = 15, run: String = "r1", isFailed: Bool = false) -> String {
    var lines: [String] = []
    for number in 0..<count {
      let trace = "\(run)-\(number)"
      var now = 1.0
      var children: [String] = []
      for query in 0..<4 * queries {
        let took = 1 + Double((number * 7 + query * 3) % 5) / 50
        children.append(
          span(
            trace, "q\(query)", "r", "SELECT", now, took, run,
            #","attributes":{"db.query.text":"SELECT \#(query % queries) FROM items WHERE id = ?","code.file.path":"shop/a b.py","code.line.number":41}"#
          ))
        now += took
      }
      let status = isFailed ? #","status":"error","status_message":"no <money> & \"card\"""# : ""
      children.append(span(trace, "c", "r", "charge,: card", now, charge, run, status))
      now += charge + 1
      lines.append(span(trace, "r", nil, "GET /orders", 0, now, run, ""))
      lines += children
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func span(
    _ trace: String, _ id: String, _ parent: String?, _ name: String, _ start: Double, _ took: Double, _ run: String, _ more: String
  )
    -> String
  {
    let parent = parent.map { "\"\(trace)\($0)\"" } ?? "null"
    let begin = "2026-11-23T10:00:00.\(String(1_000_000 + Int(start * 1_000)).dropFirst())Z"
    return
      #"{"timestamp":"2026-11-23T10:00:01Z","level":"INFO","target":"t","log_type":"trace","message":"","fields":{"event_type":"span","#
      + #""trace_id":"\#(trace)","span_id":"\#(trace)\#(id)","parent_id":\#(parent),"span_name":"\#(name)","#
      + #""start_timestamp":"\#(begin)","duration_ms":\#(took),"service":"shop","run":"\#(run)"\#(more)}}"#
  }

  private func write(_ text: String, _ path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    writeAll(Array(text.utf8), to: descriptor)
    close(descriptor)
  }

  @Test func `The exit code is the verdict`() throws {
    let place = try TestPlace()
    let file = place.path + "/good.jsonl"
    write(Self.recording(6, queries: 1), file)
    let cases: [(rules: [String], code: Int32, says: String)] = [
      ([], 0, "HOLDS: of 1 rule 1 holds — 6 traces"),
      (["p95(\"GET /orders\") <= 1s", "count(root(\"GET /orders\")) == 6"], 0, "HOLDS: of 2 rules 2 hold"),
      (["p95(\"GET /orders\") <= 5ms"], 1, "above 5.00 ms"),
      (["p95(\"GET /order\") <= 5ms", "p95(\"GET /nothing\") <= 5s"], 1, "no span of that name; nearest: \"GET /orders\""),
      (["optional p95(\"GET /nothing\") <= 5s"], 0, "optional: nothing to look at"),
      (["p95(\"GET /orders\") <= 5"], 64, "column 23: expected a time with its unit"),
      (["no regression"], 1, "no baseline was given"),
    ]
    for (rules, code, says) in cases {
      let result = run([program, "check", file] + rules.flatMap { ["--rule", $0] })
      #expect(result.code == code && (result.output + result.error).contains(says), "\(rules): expected \(code), \(says); got \(result)")
    }
  }

  @Test func `Nothing that is missing passes`() throws {
    let place = try TestPlace()
    let (good, text, open, empty) = (place.path + "/good", place.path + "/text", place.path + "/open", place.path + "/empty")
    let lines = Self.recording(6, queries: 1)
    write(lines, good)
    write("no record\n", text)
    write(lines + lines.split(separator: "\n")[1].replacing("r1-0", with: "r1-9") + "\n", open)
    write("", empty)
    #expect(run([program, "check", place.path + "/none"]).code == 66)
    #expect(run([program, "check", good, text]).code == 65)
    #expect(run([program, "check", empty]).code == 1)
    let incomplete = run([program, "check", open])
    #expect(incomplete.code == 2 && incomplete.output.contains("1 of 7 traces is not complete"), "\(incomplete)")
    let torn = run([program, "check", "-"], input: lines + #"{"timestamp":"2026-11-23T10:00:01Z","level":"INFO","fields":{"event_"#)
    #expect(torn.code == 2 && torn.output.contains("not all was read"), "\(torn)")
    let filtered = run([program, "check", good, "--filter", #"{"rootName":"GET /ordrs"}"#])
    #expect(filtered.code == 1 && filtered.output.contains("nothing matches"), "\(filtered)")
    #expect(run([program, "check", good, "--run", "r7"]).code == 1)
    #expect(run([program, "check", good, "--filter", #"{"rotName":"x"}"#]).code == 64)
  }

  @Test func `A baseline is a file that later traces are held against`() throws {
    let place = try TestPlace()
    let (old, new, base) = (place.path + "/old.jsonl", place.path + "/new.jsonl", place.path + "/base.json")
    write(Self.recording(6, queries: 1), old)
    write(Self.recording(6, queries: 2, run: "r2"), new)
    let made = run([program, "baseline", old, "-o", base])
    #expect(made.code == 0 && made.error.contains("6 traces of 1 root"), "\(made)")
    #expect(run([program, "check", old, "--baseline", base]).code == 0)
    let broken = run([program, "check", new, "--baseline", base])
    #expect(broken.code == 1 && broken.output.contains("❌ no regression — 6 traces of one kind of root beside 6 of the base"), "\(broken)")
    #expect(
      broken.output.contains("SELECT ? FROM items WHERE id = ?") && broken.output.contains("×8 a trace (base ×4)"),
      "\(broken.output)")
    // The same against the records themselves, and against a run of the same records.
    #expect(run([program, "check", new, "--baseline", old]).output.contains("×8 a trace (base ×4)"))
    let runs = run([program, "check", old, new, "--run", "r2", "--baseline", "run:r1"])
    #expect(runs.code == 1 && runs.output.contains("×8 a trace (base ×4)"), "\(runs)")
    let updated = run([program, "check", new, "--baseline", base, "--update-baseline"])
    #expect(updated.code == 0 && updated.output.contains("×8 a trace"), "\(updated)")
    #expect(run([program, "check", new, "--baseline", base]).code == 0)
    write("{\"format\":\"trace-distiller-baseline\",\"version\":1}", base)
    #expect(run([program, "check", new, "--baseline", base]).code == 65)
    #expect(run([program, "check", new, "--baseline", place.path + "/none"]).code == 66)
    write(Self.recording(3, queries: 1), old)
    let few = run([program, "check", new, "--baseline", old])
    #expect(few.code == 2 && few.output.contains("too few traces of shop GET /orders (6 traces, 3 in the base)"), "\(few)")
  }

  @Test func `Rules come from files, a line each or as JSON`() throws {
    let place = try TestPlace()
    let (file, lines, json) = (place.path + "/good.jsonl", place.path + "/rules.txt", place.path + "/rules.json")
    write(Self.recording(6, queries: 1), file)
    write("# times\n\n  p95(\"GET /orders\") <= 5ms\nno errors\n", lines)
    let told = run([program, "check", file, "--rules", lines])
    #expect(told.code == 1 && told.output.contains("of 2 rules 1 broken, 1 holds"), "\(told)")
    write(#"{"rules":["max(\"GET /orders\") <= 1s"],"filter":{"rootName":"orders"},"tolerance":{"percent":10}}"#, json)
    #expect(run([program, "check", file, "--rules", json]).code == 0)
    write(#"{"rule":["no errors"]}"#, json)
    let wrong = run([program, "check", file, "--rules", json])
    #expect(wrong.code == 64 && wrong.error.contains("did you mean rules?"), "\(wrong)")
    write("# nothing\n", lines)
    #expect(run([program, "check", file, "--rules", lines]).code == 64)
    #expect(run([program, "check", file, "--rules", place.path + "/none"]).code == 66)
  }

  @Test func `Hostile names stay texts in every form`() throws {
    let place = try TestPlace()
    let file = place.path + "/bad.jsonl"
    write(Self.recording(6, queries: 1, isFailed: true), file)
    let (junit, sarif, markdown) = (place.path + "/j.xml", place.path + "/s.sarif", place.path + "/m.md")
    let result = run([
      program, "check", file, "--rule", "no errors", "--rule", "no findings of repeatedCall", "--rule", "max(\"SELECT\") <= 1ms",
      "--github", "--json",
      "--junit", junit, "--sarif", sarif, "--markdown", markdown,
    ])
    #expect(result.code == 1, "\(result)")
    let answer = try JSONValue(parsing: String(result.output.split(separator: "\n")[0]))
    #expect(answer["verdict"]?.string == "broken" && answer["rules"]?.array?.count == 3, "\(result.output)")
    let annotations = result.output.split(separator: "\n").filter { $0.hasPrefix("::error ") }
    #expect(annotations.contains { $0.hasPrefix("::error file=shop/a b.py,line=41,title=max(\"SELECT\") <= 1ms%3A 1.0") }, "\(annotations)")
    let xml = try read(junit)
    #expect(
      xml.contains("tests=\"3\" failures=\"2\" errors=\"0\"") && xml.contains("no &lt;money&gt; &amp; ") && !xml.contains("<money>"),
      "\(xml)")
    let log = try JSONValue(parsing: try read(sarif))
    let results = log["runs"]?[0]?["results"]?.array ?? []
    #expect(log["version"]?.string == "2.1.0" && results.count == 2, "\(log.serializedString)")
    #expect(
      results.contains {
        $0["locations"]?[0]?["physicalLocation"]?["artifactLocation"]?["uri"]?.string == "shop/a%20b.py"
          && $0["locations"]?[0]?["physicalLocation"]?["region"]?["startLine"]?.integer == 41
      }, "\(log.serializedString)")
    let summary = try read(markdown)
    #expect(
      summary.unicodeScalars.count <= 4_000 && summary.contains("| ❌ | no errors |") && summary.contains("&lt;money&gt;"), "\(summary)")
  }

  @Test func `A summary stays within its bound, and a file that cannot be written is told`() throws {
    let place = try TestPlace()
    let (file, markdown) = (place.path + "/bad.jsonl", place.path + "/m.md")
    write(Self.recording(6, queries: 1, isFailed: true), file)
    let rules = (0..<150).flatMap { ["--rule", "p95(\"GET /orders\") <= \($0)us"] }
    #expect(run([program, "check", file, "--markdown", markdown] + rules).code == 1)
    let summary = try read(markdown)
    #expect(
      summary.unicodeScalars.count <= 4_000 && summary.contains("more: the text of the check has all of it"),
      "\(summary.unicodeScalars.count)")
    #expect(run([program, "check", file, "--markdown", place.path + "/none/m.md"]).code == 74)
  }

  private func read(_ path: String) throws -> String {
    let result = run(["cat", path])
    try #require(result.code == 0, "\(result.error)")
    return result.output
  }
}

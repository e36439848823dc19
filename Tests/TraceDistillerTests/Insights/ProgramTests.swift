// What a reader must learn about ordinary programs: each row is a regression for a kind of mistake in earlier answers.

import Testing

@testable import TraceDistiller

@Suite struct ProgramTests {
  /// File, root, texts that the summary must contain, and texts that it must not.
  static let table: [(file: String, root: String, says: [String], hides: [String])] = [
    // With a clock of milliseconds, seven of twelve calls got 56 %, and there was no finding.
    (
      "native-12-calls-ms-clock.jsonl", "GET /orders",
      ["91.4 %  37.30 ms  query ×12", "One after another: query ×12 under GET /orders"], ["query ×7"]
    ),
    ("native-12-calls-us-clock.jsonl", "GET /orders", ["95.8 %  39.12 ms  query ×12", "One after another: query ×12"], []),
    // Starts computed from printed durations overlapped by microseconds: checkout was charged 37.7 ms.
    ("rust-fmtspan-close.jsonl", "checkout", ["  query ×10"], ["37.7"]),
    // A library recorded the exception first, so its entry point was reported as the place.
    (
      "flask-failing-query.otlp.jsonl", "GET /fail", ["OperationalError: no such table: no_such_table in select (app.py:33)"],
      ["__init__.py"]
    ),
    // The span that sent the server's 500 was reported as the failure, without a message.
    (
      "fastapi-console.txt", "GET /swallow",
      ["Swallowed error: GET /dep/{n} failed (\"ValueError: dep broke\", fast.py:7), yet GET /swallow ended ok"],
      ["http send failed", "❌ HTTP 500"]
    ),
    ("fastapi-console.txt", "GET /seq", ["One after another: GET http://#.#.#.#:#/dep/* ×3 under GET /seq"], []),
    ("fastapi-console.txt", "GET /par", [], ["One after another"]),
    // The time in the calls and the time from the first to the last are two numbers.
    (
      "flask-console.txt", "GET /orders/<int:n>", ["×20 under GET /orders/<int:n> (", "in the calls, ", " from the first to the last)"], []
    ),
    ("sequential-calls-console.txt", "GET /seq/{k}", ["One after another: GET"], []),
  ]

  @Test(arguments: table.indices) func answerSaysIt(_ index: Int) throws {
    let row = Self.table[index]
    let trace = try #require(ProgramTraces.trace(row.file, row.root), "\(row.file) has no \(row.root)")
    let text = trace.summary().text
    for wanted in row.says { #expect(text.contains(wanted), "\(row.file), \(row.root): no \"\(wanted)\" in\n\(text)") }
    for unwanted in row.hides { #expect(!text.contains(unwanted), "\(row.file), \(row.root): \"\(unwanted)\" in\n\(text)") }
  }
}

// Proves which open span a thread refers to: only those that it is in, only one at a time if it is named, and none that are gone.

import JSON
import Testing

@testable import TraceRecords

struct RustOpenSpanTests {
  private func identity(_ json: String) -> RustSpanIdentity {
    var scanner = ValueScanner()
    return Array(json.utf8).withUnsafeBytes { scanner.read($0) { RustSpanIdentity($0, repairs: []) } }!
  }

  @Test func aSpanThatIsGoneLeavesItsThread() {
    var open = RustOpenSpans()
    let (a, b) = (identity(#"{"name":"a"}"#), identity(#"{"name":"b"}"#))
    let first = open.open(below: 0, a, .started, at: 0)
    let second = open.open(below: first.number, b, .started, at: 0)
    open.enter(first.number, on: 1)
    open.enter(second.number, on: 1)
    #expect(open.innermost(on: 1, path: second.path)?.number == second.number)
    open.close(second.number)
    #expect(open.innermost(on: 1, path: second.path) == nil)
    #expect(open.innermost(on: 1, path: first.path)?.number == first.number)
    // Nothing is kept for a thread that is in no span.
    open.exit(first.number, on: 1)
    #expect(open.innermost(on: 1, path: first.path) == nil && open[first.number]?.depth == 0)
    // More exits than enters.
    open.exit(first.number, on: 1)
    #expect(open[first.number]?.depth == 0)
  }

  /// Spans that end without being left take no place of their thread for ever: what it is in stays known.
  @Test func spansThatEndInsideLeaveNothingBehind() {
    var open = RustOpenSpans()
    let outer = open.open(below: 0, identity(#"{"name":"outer"}"#), .started, at: 0)
    open.enter(outer.number, on: 1)
    let inner = identity(#"{"name":"inner"}"#)
    for _ in 0...RustOpenSpans.maxOpen {
      let span = open.open(below: outer.number, inner, .started, at: 0)
      open.enter(span.number, on: 1)
      open.close(span.number)
    }
    #expect(open.innermost(on: 1, path: outer.path)?.number == outer.number)
  }

  @Test func whereThreadsHaveNoNamesTheInnermostMayBeAnother() {
    var open = RustOpenSpans()
    let a = identity(#"{"name":"a","n":1}"#)
    let (first, second) = (open.open(below: 0, a, .started, at: 0), open.open(below: 0, a, .started, at: 1))
    for thread in [0, 7] as [UInt64] {
      open.enter(first.number, on: thread)
      open.enter(second.number, on: thread)
      let match = open.innermost(on: thread, path: first.path)
      #expect(match?.number == second.number)
      #expect(match?.isAmbiguous == (thread == 0), "thread \(thread)")
      #expect(match?.other == (thread == 0 ? first.number : nil))
    }
    // The oldest eligible one; if there is a second one, the match is ambiguous.
    #expect(open.find(path: first.path) { _ in true }?.other == second.number)
    #expect(open.find(path: first.path) { $0.number != first.number }?.isAmbiguous == false)
    #expect(open.find(path: first.path) { _ in false }?.number == first.number)
  }

  /// Threads that enter and never exit do not fill the memory: above the limit all entries are forgotten, and the spans stay open.
  @Test func entriesAreBounded() {
    var open = RustOpenSpans()
    let span = open.open(below: 0, identity(#"{"name":"a"}"#), .started, at: 0)
    for _ in 0..<RustOpenSpans.maxOpen { open.enter(span.number, on: 1) }
    #expect(open.innermost(on: 1, path: span.path)?.number == span.number)
    open.enter(span.number, on: 2)
    #expect(open.innermost(on: 1, path: span.path) == nil)
    #expect(open.innermost(on: 2, path: span.path)?.number == span.number)
    #expect(open[span.number] != nil)
  }

  /// Flattened events write fields beside the line's own members. Of two with the same name the first is the line's.
  @Test func fieldsNamedAsTheLinesOwn() {
    let line =
      #"{"timestamp":"2026-01-01T00:00:00.005Z","level":"WARN","timestamp":42,"level":98,"target":"locked","message":"hi","target":"tests","span":{"name":"req"},"spans":[{"name":"req"}]}"#
    let native = #"{"timestamp":"2026-01-01T00:00:00Z","log_type":"module","message":"m"}"#
    for text in [line, native + "\n" + line, line + "\n" + line] {
      let got = read(text).records.map { $0.replacing("(openTelemetry) ", with: "") }
      #expect(
        got.last == #"log tracing-1/s1 says "hi" target=locked WARN at 5ms [timestamp=42, level=98, target="tests"]"#,
        "\(text)\n  got \(got)")
    }
    // In a `fields` object the last one counts, as in Rust's own readers.
    let nested =
      #"{"timestamp":"2026-01-01T00:00:00Z","level":"INFO","fields":{"message":"aa","a":1,"a":2,"message":"bb"},"target":"t"}"#
    #expect(read(nested).records == [#"moduleLog (openTelemetry) says "bb" target=t at 0ms [a=2]"#])
  }
}

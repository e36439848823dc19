// Proves that lines of a run are found again in a buffer that was edited since, whatever the edits were.

import Testing

@testable import TraceContextServer

@Suite struct LineLogTests {
  private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  private func document(_ lines: [String], at end: String = "\n") -> OpenDocument {
    OpenDocument(uri: "file:///srv/a.py", path: "/srv/a.py", version: 1, text: lines.joined(separator: end))
  }

  /// Each line is told apart by its text: where that text is now is where the line is now.
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64]) func `Lines that were not touched are where their text is`(seed: UInt64) {
    var random = Seeded(state: seed)
    let original = (0..<40).map { "line \($0) é𝄞" }
    let encoding = PositionEncoding.allCases[Int(seed) % 3]
    var document = document(original, at: seed % 2 == 0 ? "\n" : "\r\n")
    for step in 0..<60 {
      let first = Int.random(in: 0..<document.lines.count, using: &random)
      let last = min(document.lines.count - 1, first + Int.random(in: 0...2, using: &random))
      func character(_ line: Int) -> Int {
        let length = encoding.length(of: document.lines[line])
        return [0, 0, length, Int.random(in: 0...length, using: &random)].randomElement(using: &random)!
      }
      var (from, to) = (character(first), character(last))
      if first == last, to < from { swap(&from, &to) }
      let text = ["", "\n", "new \(step)\n", "new \(step)", "\nnew \(step)", "a \(step)\nb \(step)\n"].randomElement(using: &random)!
      document.change(from: (first, from), to: (last, to), text, encoding, version: Int64(step))
      for (number, line) in original.enumerated() {
        let places = document.lines.indices.filter { document.lines[$0] == Array(line.utf8) }
        guard places.count == 1 else { continue }
        let moved = document.log.line(number, recordedAt: 0)
        #expect(
          moved == places[0], "seed \(seed), step \(step): line \(number) is at \(places[0]), told \(moved.map { "\($0)" } ?? "gone")")
      }
    }
  }

  @Test func `A whole new text keeps what stayed at its ends`() {
    var document = document(["a", "b", "c", "d", "e"])
    document.replace("a\nx\ny\nz\nd\ne", version: 2)
    let moved = (0..<5).map { document.log.line($0, recordedAt: 0) }
    #expect(moved == [0, nil, nil, 4, 5])
    document.replace("a\nx\nY\nz\nd\ne", version: 3)
    #expect((0..<5).map { document.log.line($0, recordedAt: 0) } == [0, nil, nil, 4, 5], "as many lines are the same lines")
  }

  @Test func `A run has the edits that were saved when it began`() {
    var document = document(["a", "b"])
    func insert(_ document: inout OpenDocument) { document.change(from: (0, 0), to: (0, 0), "new\n", .utf16, version: 2) }
    insert(&document)
    document.save(at: 100)
    insert(&document)
    #expect(document.log.line(0, recordedAt: 50) == 2, "before the save: both edits came later")
    #expect(document.log.line(1, recordedAt: 150) == 2, "after it: one edit is in the run")
    #expect(document.log.isEdited(since: 150))
    document.save(at: 200)
    #expect(!document.log.isEdited(since: 250) && document.log.line(5, recordedAt: 250) == 5)
  }

  @Test func `More edits than are kept leave old lines as they were recorded`() {
    var document = document(["a", "b"])
    for _ in 0..<5_000 { document.change(from: (0, 0), to: (0, 0), "\n", .utf8, version: 2) }
    #expect(document.log.line(1, recordedAt: 0) == 1)
    #expect(document.log.isEdited(since: 0))
  }

  @Test func `A document that is too long to be followed says that it was edited`() {
    var document = OpenDocument(
      uri: "file:///srv/a", path: "/srv/a", version: 1, text: String(repeating: "\n", count: OpenDocument.mostLines + 1))
    #expect(!document.log.isEdited(since: 5))
    document.change(from: (0, 0), to: (0, 0), "\n", .utf8, version: 2)
    #expect(document.log.isEdited(since: 5) && document.log.line(7, recordedAt: 5) == 7)
  }

  @Test func `Positions count as the client does`() {
    let line = Array("é𝄞x".utf8)
    let rows: [(PositionEncoding, length: Int, x: Int)] = [(.utf8, 7, 6), (.utf16, 4, 3), (.utf32, 3, 2)]
    for (encoding, length, x) in rows {
      #expect(encoding.length(of: line) == length, "\(encoding)")
      #expect(encoding.offset(of: x, in: line) == 6, "\(encoding)")
      #expect(encoding.offset(of: 99, in: line) == line.count, "\(encoding): beyond the line is its end")
    }
    #expect(PositionEncoding.utf16.offset(of: 2, in: line) == 2, "inside of a pair is before it")
  }
}

// The words around a match, for parts of texts and for regular expressions, in texts of any script.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct FoundWordsTests {
  private let filler = String(repeating: "lorem ipsum ", count: 40)

  @Test(arguments: ["needle", "NEEDLE", "é的needle"]) func theMatchIsInTheMiddle(word: String) {
    let words = FoundWords("message", filler + "é的Needle " + filler, TextPattern(word))
    #expect(words.text.lowercased().contains(word.lowercased()), "\(words)")
    #expect(words.isCutBefore && words.isCutAfter)
    #expect(words.text.unicodeScalars.count == 120 + word.unicodeScalars.count)
  }

  @Test func placesAtTheEnds() {
    let first = FoundWords("a", "needle", TextPattern("needle"))
    #expect(first.text == "needle" && !first.isCutBefore && !first.isCutAfter)
    let last = FoundWords("a", filler + "needle", TextPattern("needle"))
    #expect(last.text.hasSuffix("needle") && last.isCutBefore && !last.isCutAfter)
  }

  /// The shortest match that ends first; anchors at the end leave only the whole text.
  @Test(arguments: ["n[a-z]+dle", "needle$", "\\bneedle\\b", "^lorem.*needle"]) func regularExpressions(pattern: String) throws {
    let words = FoundWords("a", filler + "needle", try TextPattern(regex: pattern))
    #expect(words.text.contains(pattern.hasPrefix("^") ? "lorem" : "needle"), "\(pattern): \(words)")
  }

  @Test func fieldsAreNamed() {
    var sketch = TraceSketch()
    sketch.spans.append(SketchSpan(id: "s", parent: nil, name: "call", start: 0, end: 10, kind: .internal))
    sketch.spans[0].attributes = [("content", .text(filler + "the answer " + filler))]
    let node = sketch.distilled().node(0)
    #expect(FoundWords(node, [TextPattern("ANSWER")])?.field == "content")
    #expect(FoundWords(node, [TextPattern("call")]) == nil, "the name is shown anyway")
    #expect(FoundWords(node, []) == nil)
    #expect(FoundWords(node, [TextPattern("absent")]) == nil)
  }
}

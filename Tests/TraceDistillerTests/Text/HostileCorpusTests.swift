// Whatever names, ids, keys, values and messages contain: every line of our texts is ours, no character in them has an effect, none is over
// its bound, and a trace of hostile texts reads line for line like the same trace with plain ones.

import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct HostileCorpusTests {
  private static let perTrace = 10

  @Test func everyTextKeepsItsPromises() {
    for (index, texts) in chunks().enumerated() {
      let trace = sketch(texts).distilled()
      for maxChars in [400, 777, 2_500, 200_000] {
        var options = SummaryOptions()
        options.maxChars = maxChars
        options.language = (index + maxChars) % 2 == 0 ? .english : .chinese
        checkPromises(trace, options, "texts \(index)")
      }
    }
  }

  /// A forged line would be an additional line, or begin differently.
  @Test func aPlainTwinHasTheSameLines() {
    for (index, texts) in chunks().enumerated() {
      let plain = texts.indices.map { "plain" + String(UnicodeScalar(UInt8(0x61 + $0))) }
      for language in SummaryLanguage.allCases {
        var options = SummaryOptions()
        options.maxChars = 200_000
        options.language = language
        let hostile = beginnings(sketch(texts).distilled().summary(options).text, language)
        let expected = beginnings(sketch(plain).distilled().summary(options).text, language)
        if hostile != expected {
          let line = zip(hostile, expected).enumerated().first { $1.0 != $1.1 }.map { "line \($0): \($1)" } ?? ""
          Issue.record(
            "texts \(index): \(hostile.count) lines, the twin \(expected.count); \(line)\n\(texts.map { $0.prefix(60).debugDescription })")
        }
      }
    }
  }

  @Test func listsHaveOneLineATrace() {
    var store = TraceDistillerStore()
    let texts = HostileCorpus.texts.filter { $0.utf8.count <= 1_024 }
    var batch = RecordBatch()
    for (index, text) in texts.enumerated() {
      var record = Record(.span, format: .openTelemetry)
      record.traceID = batch.add(text: "\(text)\(index)")
      record.spanID = batch.add(text: "s")
      record.parent = .root
      record.name = batch.add(text: text)
      record.startNanos = TraceSketch.origin + Int64(index)
      record.durationNanos = 1_000_000
      batch.add(record)
    }
    batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) { store.apply(batch, $0, source: SourceID(1), now: 0) }
    let text = TraceListText.make(store.overviews(now: 0), maxChars: 200_000)
    expectHarmless(text, "list")
    let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    #expect(lines.count == store.liveCount + 1)
    for line in lines.dropFirst() {
      let words = line.split(separator: " ", maxSplits: 2)
      #expect(words.count == 3 && words[0].first == "t" && words[0].dropFirst().allSatisfy(\.isNumber) && words[1] == "✅", "\(line)")
    }
    for maxChars in [80, 400, 5_000] { #expect(jsonLength(TraceListText.make(store.overviews(now: 0), maxChars: maxChars)) <= maxChars) }
  }

  /// Stacks are lines as well: `frame;frame number`.
  @Test func stacksHaveOneLineEach() {
    for texts in chunks() {
      let text = TraceExport(sketch(texts).distilled(), format: .folded).page(maxChars: 200_000).text
      expectHarmless(text, "stacks")
      for line in text.unicodeScalars.split(separator: "\n") {
        #expect(line.reversed().prefix { $0 != " " }.allSatisfy { ("0"..."9").contains($0) }, "\(String(line).prefix(200))")
      }
    }
  }

  // MARK: Traces

  private func chunks() -> [[String]] {
    let texts = HostileCorpus.texts
    return stride(from: 0, to: texts.count, by: Self.perTrace).map { Array(texts[$0..<min(texts.count, $0 + Self.perTrace)]) }
  }

  /// A branching chain with every text once as a name and once in every other place that a record has.
  private func sketch(_ texts: [String]) -> TraceSketch {
    var sketch = TraceSketch()
    func other(_ index: Int, _ step: Int) -> String { texts[(index + step) % texts.count] }
    func short(_ text: String) -> String { String(String.UnicodeScalarView(text.unicodeScalars.prefix(60))) }
    let ids = texts.indices.map { "\(short(other($0, 1)))#\($0)" }
    sketch.id = "\(short(texts[0]))#"
    for (index, text) in texts.enumerated() {
      // An empty name would be replaced by its id.
      let parent = index == 0 ? nil : ids[index / 2]
      var span = SketchSpan(
        id: ids[index], parent: parent == ids[index] ? ids[0] : parent, name: text, start: Int64(index) * 1_000_000,
        end: 100_000_000 - Int64(index) * 1_000_000)
      span.service = other(index, 2)
      span.attributes = [(short(other(index, 3)) + "k", .text(other(index, 4))), (short(other(index, 5)) + "l", .text(text))]
      if index % 3 == 1 {
        span.isFailed = true
        span.statusMessage = other(index, 6)
      }
      sketch.spans.append(span)
      if index % 4 == 2 { sketch.logs.append(SketchLog(span: ids[index], level: .error, message: other(index, 7) + "m", time: span.start)) }
    }
    return sketch
  }

  /// The beginning of each line, as far as only we may begin a line with it.
  private func beginnings(_ text: String, _ language: SummaryLanguage) -> [String] {
    let words = [
      language.trace, language.root, language.duration, language.status, language.notComplete, language.doubtful, language.rest, "=== ",
    ]
    let glyphs = Set("│├└─ 🔥❌⏳⚠\u{FE0F}…".unicodeScalars)
    return text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      if let word = words.first(where: { line.starts(with: $0.unicodeScalars) }) { return word == "=== " ? String(line) : word }
      if line.isEmpty { return "" }
      return "|" + String(String.UnicodeScalarView(line.prefix { glyphs.contains($0) }))
    }
  }

  private func expectHarmless(_ text: String, _ what: String) {
    for scalar in text.unicodeScalars where scalar != "\n" && scalar.isHarmful {
      Issue.record("\(what): raw U+\(String(scalar.value, radix: 16))")
      return
    }
  }
}

// Proves that documents give the same records in one piece, in many, and however they arrive; that complete parts of broken ones are kept
// and the rest is counted; and that neither memory nor one bad element exceeds its share.

import Testing

@testable import TraceRecords

struct DocumentStreamTests {
  static let files = [("jaeger", "json"), ("zipkin", "json"), ("chrome", "json"), ("next-trace", "jsonl"), ("otlp-printed", "json")]

  @Test(arguments: files.map(\.0)) func aFileMeansTheSameHoweverItArrives(_ name: String) throws {
    let bytes = try fixture(name, Self.files.first { $0.0 == name }!.1)
    checkEverySplit(bytes, as: RecordStream())
    // A piece for nearly every element.
    checkEverySplit(bytes, as: RecordStream(maxLineBytes: 1_500))
  }

  /// Cut off at any byte: never more records than the whole, never fewer for a longer part, and at most one loss is counted.
  @Test(arguments: files.map(\.0)) func aFileThatEndsEarly(_ name: String) throws {
    let bytes = try fixture(name, Self.files.first { $0.0 == name }!.1)
    var most = 0
    for end in stride(from: 0, through: bytes.count, by: 1) {
      let got = read(Array(bytes[..<end]), as: RecordStream(), describing: false)
      let spans = got.lineRecords
      #expect(got.statistics.lost <= 2, "\(name) cut at \(end): \(got.counters) \(got.problems)")
      most = max(most, spans)
    }
    #expect(most == read(bytes, as: RecordStream(), describing: false).lineRecords)
  }

  @Test func printedDocumentsOneAfterTheOther() throws {
    let bytes = try fixture("otlp-printed", "json")
    let trace = "5b8efff798038103d269b633813fc60c"
    let expected = [
      "span (openTelemetry) \(trace)/eee19b7ec3c1b174 root \"root\" target=lib service=one at 5ms from 0ms took 5ms",
      "span (openTelemetry) \(trace)/eee19b7ec3c1b175 <eee19b7ec3c1b174 \"inner\" target=lib service=one status=error at 2ms from 1ms took 1ms",
      "span (openTelemetry) \(trace)/eee19b7ec3c1b176 <eee19b7ec3c1b174 \"far\" service=two at 4ms from 3ms took 1ms",
    ]
    #expect(read(bytes, as: RecordStream()).records == expected)
    // The pieces of a long document repeat its resource and scope; a pipe joins the lines.
    #expect(read(bytes, as: RecordStream(maxLineBytes: 300)).records == expected)
    #expect(read(bytes).records == expected)
    #expect(read(bytes).statistics.lost == 0)
  }

  @Test func oneBadElementTakesNoOther() {
    let good = #"{"ph":"X","name":"a","ts":1,"dur":1,"pid":1,"tid":1}"#
    for bad in [#"{"ph":"X","name":"a","ts":01}"#, #"{"ph":"X" "ts":1}"#, "nul", #"{"ph":tru}"#, #"{"x":[}]}"#] {
      let got = read(Array("[\n\(good),\n\(bad),\n\(good)\n]".utf8), as: RecordStream(), describing: false)
      #expect(got.lineRecords == 4 && got.statistics.malformedLines == 1, "\(bad)\n  got \(got.lineRecords) \(got.counters)")
    }
  }

  /// What broke off in the middle of a line loses that line; the next one is read.
  @Test func torn() {
    let good = #"{"ph":"X","name":"a","ts":1,"dur":1,"pid":1,"tid":1}"#
    for (bad, lost) in [(#"{"ph":"X","name":"a"#, 1), (#"{"ph":"X","#, 1), (#"{"ph":"X","args":{"#, 1), (#"{"ph":"X"}}"#, 1)]
      as [(String, UInt64)]
    {
      let got = read(Array("[\n\(good),\n\(bad)\n\(good),\n\(good)\n]\n".utf8), as: RecordStream(), describing: false)
      #expect(got.lineRecords == 6 && got.statistics.lost >= lost, "\(bad)\n  got \(got.lineRecords) \(got.counters)")
    }
  }

  @Test func linesBetweenDocuments() throws {
    let (first, second) = (#""traceId":"a","id":"b","kind":"CLIENT""#, #""traceId":"a","id":"c","kind":"CLIENT""#)
    let text = "{\n\(first)\n}\nINFO started\n{\n\(second)}\n"
    let got = read(Array(text.utf8), as: RecordStream())
    #expect(got.records.count == 2 && got.statistics.otherLines == 1, "\(got)")
  }

  @Test func valuesOverTheLimit() {
    let long = #"{"ph":"X","name":"\#(String(repeating: "n", count: 2_000))","ts":1,"pid":1,"tid":1}"#
    let good = #"{"ph":"X","name":"a","ts":1,"dur":1,"pid":1,"tid":1}"#
    let got = read(
      Array("{\"traceEvents\":[\n\(good),\(long),\(good)],\"rest\":\"\(String(repeating: "r", count: 2_000))\"}".utf8),
      as: RecordStream(maxLineBytes: 1_024), describing: false)
    #expect(got.lineRecords == 4 && got.statistics.oversizeLines == 2 && got.statistics.oversizeBytes >= 4_000, "\(got.counters)")
  }

  /// A document of a megabyte in pieces of 64 KiB: memory is that of a piece, however long the document is.
  @Test func aLongDocumentComesInShortPieces() {
    var splitter = DocumentSplitter(pieceBytes: 64 << 10, maxValueBytes: 1 << 20)
    let element = Array((#"{"traceId":"a","spanId":"b","name":"\#(String(repeating: "n", count: 500))"},"#).utf8)
    let head = Array(#"{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"scope":{"name":"l"},"spans":["#.utf8)
    var (longest, pieces, elements) = (0, 0, 0)
    func take(_ bytes: [UInt8]) {
      bytes.withUnsafeBytes { bytes in
        var at = 0
        while at < bytes.count {
          at = splitter.take(bytes, from: at, at: DocumentSplitter.Place()).end
          guard let piece = splitter.takePiece() else { continue }
          longest = max(longest, piece.bytes.count)
          pieces += 1
          elements += piece.elements.count
          #expect(piece.bytes.starts(with: head))
        }
      }
    }
    take(head)
    let block = Array(repeatElement(element, count: 100).joined())
    for _ in 0..<20 { take(block) }
    take(Array("]}]}]}".utf8))
    #expect(elements == 2_000 && longest < 70 << 10 && pieces >= 17, "\(elements) elements in \(pieces) pieces of up to \(longest) bytes")
    #expect(!splitter.isOpen)
  }
}

// Proves what the page promises before any browser opens it: hashes are right, no text of a record can end its element, nothing of the page
// asks for a network, and a span costs no more bytes than it may. scripts/check-view opens it in a browser.

import JSON
import Testing
import TraceDistiller
import TraceRecords

@testable import TraceView

struct ViewPageTests {
  /// The vectors of FIPS 180-4 and RFC 4648.
  @Test(arguments: [
    ("", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), ("abc", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
    ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE="),
  ]) func hashes(_ text: String, _ expected: String) {
    #expect(base64(sha256(Array(text.utf8))) == expected)
  }

  /// Every length around the end of a block has its own padding; the sum over all was made by Python's hashlib.
  @Test func paddingOfEveryLength() {
    let all = (0..<130).flatMap { sha256([UInt8](repeating: 0x61, count: $0)) }
    #expect(base64(sha256(all)) == "OaSCJa5gacaPfJ+Ge/R/Si4YjDkD3ZGZJrglmnPsraU=")
  }

  @Test func base64OfEveryRest() {
    #expect(["", "f", "fo", "foo", "foob"].map { base64(Array($0.utf8)) } == ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="])
  }

  @Test func hostileTextsStayData() throws {
    let payload = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> \u{2028}\u{202e}"
    let page = try ViewPageTests.page(names: [payload, payload], explanation: ["finding": .string(payload)], text: payload)
    #expect(page.components(of: "<script") == 3, "our two elements of data and our script")
    #expect(page.components(of: "</script") == 3)
    #expect(page.components(of: "<!--") == 0)
    #expect(page.components(of: "<img") == 0)
  }

  @Test func nothingAsksForANetwork() throws {
    let page = try ViewPageTests.page(names: ["GET /"])
    for word in ["http://", "https://", "url(", "@import", "innerHTML", "eval(", "fetch(", "XMLHttpRequest", "await import("] {
      #expect(page.components(of: word) == 0, "\(word)")
    }
    #expect(page.components(of: "default-src 'none'") == 1)
    #expect(page.utf8.count < 400_000)
  }

  /// A star is the worst shape for differences of times, and every span has an id of its own.
  @Test func bytesOfASpan() throws {
    let names = [String](repeating: "call", count: 20_000)
    let large = ViewPageTests.trace(names)
    let data = ViewData(large)
    #expect(data.spanCount == 20_000)
    #expect(data.json.utf8.count <= 60 * 20_000, "\(Double(data.json.utf8.count) / 20_000) bytes a span")
  }

  @Test func columnsAreReadBack() throws {
    let data = try JSONValue(parsing: ViewData(ViewPageTests.trace(["root", "<a>", "b"])).json)
    #expect(data["count"]?.integer == 3)
    #expect(data["strings"]?.array?.compactMap(\.string).contains("<a>") == true)
    #expect(data["depth"]?.array?.compactMap(\.integer) == [0, 1, 0], "the differences of 0, 1, 1")
    #expect(data["ids"]?.array?.count == 3)
  }

  private static func page(names: [String], explanation: JSONValue = [:], text: String = "") throws -> String {
    ViewPage(trace(names), explanation: explanation, text: text).html
  }

  /// The first name is the root's, the others are its children.
  static func trace(_ names: [String]) -> DistilledTrace {
    var batch = RecordBatch()
    for (index, name) in names.enumerated() {
      var record = Record(.span, format: .openTelemetry)
      record.traceID = batch.add(text: "t")
      record.spanID = batch.add(text: "\(1_000_000_000_000_000 + index)")
      record.parent = index == 0 ? .root : .span
      if index > 0 { record.parentID = batch.add(text: "1000000000000000") }
      record.name = batch.add(text: name)
      record.service = batch.add(text: "shop")
      record.startNanos = 1_700_000_000_000_000_137 + Int64(index) * 10_457
      record.timeNanos = record.startNanos
      record.durationNanos = index == 0 ? 900_000_000 : 1_250_003 + Int64(index % 97) * 1_009
      batch.add(record)
    }
    let store = SharedTraceStore()
    batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) { store.apply(batch, $0, source: SourceID(1), now: 0) }
    store.withLock { $0.finishInput(now: 0) }
    guard case .success(let snapshot) = store.snapshot("latest", now: 0) else { fatalError("no trace") }
    return DistilledTrace(snapshot)
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(of text: String) -> Int {
    let (bytes, wanted) = (Array(utf8), Array(text.utf8))
    guard bytes.count >= wanted.count else { return 0 }
    return (0...(bytes.count - wanted.count)).count { bytes[$0] == wanted[0] && bytes[$0..<($0 + wanted.count)].elementsEqual(wanted) }
  }
}

// Proves that the scanner of whole values and jansson are equivalent: what the scanner accepts is the same value, and it accepts what
// programs write.

import Testing

@testable import TraceRecords

@Suite struct ValueScannerTests {
  @Test(arguments: [
    "{}", "[]", "0", "-0", "1.5", "\"x\"", "null", "true", "false", " [ 1 ,\n 2 ] \n", #"{"a":{"b":[{},[],"",{"c":null}]},"d":-1.25e-3}"#,
    #"["a\tb","\u0041\u00e9\ud83d\ude00","\u0000","\\ \" \/ \b\f\n\r\u001f","é线😀\u007f"]"#,
    #"[1e5,1E+5,0.1,-0.0,9223372036854775807,-9223372036854775807]"#,
    #"{"\#(String(repeating: "n", count: 100))":"\#(String(repeating: "é", count: 100))"}"#,
  ])
  func `Values that jansson reads are the same`(text: String) {
    var agreement = ValueAgreement()
    let isTaken = agreement.takes(Array(text.utf8))
    #expect(isTaken, "\(text)")
    let difference = agreement.difference(Array(text.utf8))
    #expect(difference == nil)
  }

  @Test(arguments: [
    "", " ", "{", "}", "[1,]", "[,1]", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{1:1}"#, "[1 2]", "1 2", "[1}", "01", "1.", ".5", "1e",
    "-", "+1",
    "nul", "nulls", "truefalse", #""a"#, #"["\x"]"#, #"["\ud800"]"#, #"["\u12"]"#, "[\"a\nb\"]", "[\"\u{1}\"]", "\u{FEFF}[]",
    #"{"a":1,"a":2}"#, #"{"a":{"b":1,"c":2,"b":3}}"#, #"{"a\u0000":1}"#, "9223372036854775808", "-9223372036854775808", "1e999", "[1]x",
    "[1]\0",
    String(repeating: "[", count: 65) + String(repeating: "]", count: 65),
    "{" + (0..<300).map { "\"k\($0)\":1" }.joined(separator: ",") + "}",
  ])
  func `What needs judgement is left to jansson`(text: String) {
    var agreement = ValueAgreement()
    let isTaken = agreement.takes(Array(text.utf8))
    #expect(!isTaken, "\(text)")
    let difference = agreement.difference(Array(text.utf8))
    #expect(difference == nil)
  }

  /// Names are first compared by a few bits, then byte by byte.
  @Test func onlyTwinsAreTwins() {
    var random = SplitMix64(seed: 7)
    var agreement = ValueAgreement()
    for _ in 0..<2_000 {
      let names = (0..<Int.random(in: 2...12, using: &random)).map { _ in String(Int.random(in: 0...200, using: &random), radix: 3) }
      let text = "{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}"
      let isTaken = agreement.takes(Array(text.utf8))
      #expect(isTaken == (Set(names).count == names.count), "\(text)")
    }
  }

  /// Rows are created as needed, and memory for a single long text is released.
  @Test func longTextsAreTakenUpToTheBound() {
    var agreement = ValueAgreement()
    for count in [1_000, 100_000, 1_000_000] {
      let text = Array(("[" + String(repeating: "1,", count: count) + "1]").utf8)
      let isTaken = agreement.takes(text)
      #expect(isTaken, "\(count) numbers")
    }
    let long = Array(("[" + String(repeating: " ", count: ValueScanner.maxBytes) + "1]").utf8)
    let (isLongTaken, isShortTaken) = (agreement.takes(long), agreement.takes(Array("[1]".utf8)))
    #expect(!isLongTaken && isShortTaken)
  }

  @Test func fixturesMeanTheSame() throws {
    var agreement = ValueAgreement()
    var taken = 0
    for (name, suffix) in [("chrome", "json"), ("jaeger", "json"), ("zipkin", "json")] {
      var document = try fixture(name, suffix)
      // Chrome's list may be unclosed.
      if name == "chrome" { document = document.dropLast(2) + Array("]".utf8) }
      let outcome = (agreement.takes(document), agreement.difference(document), agreement.difference(document), agreement.finish())
      #expect(outcome == (true, nil, nil, nil), "\(name)")
    }
    for name in ["next-trace", "rust-fmt-full", "rust-fmt-close", "python-console-lines", "composed-foreign"] {
      for line in lines(try fixture(name)) {
        let difference = agreement.difference(line)
        #expect(difference == nil, "\(name): \(String(decoding: line, as: UTF8.self))")
        if agreement.takes(line) { taken += 1 }
      }
    }
    let difference = agreement.finish()
    #expect(difference == nil)
    #expect(taken > 50, "\(taken)")
  }
}

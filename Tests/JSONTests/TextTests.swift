// Proves that text is preserved byte for byte, and that broken text is rejected from clients and visibly repaired in records.

import JSON
import Testing

@Suite struct TextTests {
  @Test func escapesMeanTheirCharacters() {
    check(#""\"\\\/\b\f\n\r\t""#, means: "\"\\/\u{8}\u{C}\n\r\t")
    check(#""\u00e9\u4F60\uD83D\uDE00""#, means: "é你😀")
    check(#""\u2028""#, means: "\u{2028}")
  }

  @Test func nulIsATextLikeAnyOther() {
    check(#""a\u0000b""#, means: "a\0b")
    check(#"{"a\u0000b":1}"#, means: ["a\0b": 1])
    check(#"{"\u0000":{"x\u0000\u0000" : "\u0000"}}"#, means: ["\0": ["x\0\0": "\0"]])
    check([0x22, 0x00, 0x22], isRefusedAt: 1)
  }

  @Test func namesInNFCAndNFDAreTwoNames() throws {
    let value = try JSONValue(parsing: "{\"e\u{301}\":1,\"\u{E9}\":2}")
    #expect(value.object?.members.count == 2)
    #expect(value["e\u{301}"] == 1)
    #expect(value["\u{E9}"] == 2)
  }

  @Test func aByteOrderMarkIsLetPass() {
    check([0xEF, 0xBB, 0xBF] + Array("[1]".utf8), gives: .value([1]))
    check([0xEF, 0xBB, 0xBF] + Array("[1".utf8), isRefusedAt: 5)
    check([0xEF, 0xBB, 0xBF], gives: .error(JSONError(.empty, offset: 3)))
  }

  @Test func utf16IsRefused() {
    let letters = Array("{\"a\":1}".utf16)
    check([0xFF, 0xFE] + letters.flatMap { [UInt8($0), 0] }, isRefusedAt: 0)
    check([0xFE, 0xFF] + letters.flatMap { [0, UInt8($0)] }, isRefusedAt: 0)
    check(letters.flatMap { [UInt8($0), 0] }, isRefusedAt: 2)
    check(letters.flatMap { [0, UInt8($0)] }, isRefusedAt: 1)
  }

  /// Table 3-8 of the Unicode standard: each maximal broken part is one U+FFFD.
  @Test(
    arguments: [
      ([0x80], "\u{FFFD}"), ([0xC0, 0xAF], "\u{FFFD}"), ([0xFF], "\u{FFFD}"), ([0xE4, 0xBD], "\u{FFFD}"),
      ([0xED, 0xA0, 0x80], "\u{FFFD}"), ([0xF5, 0x80, 0x80, 0x80], "\u{FFFD}"), ([0x61, 0xC3, 0x62], "a\u{FFFD}b"),
      ([0xF0, 0x9F, 0x98], "\u{FFFD}"), ([0xC3, 0xA9, 0xC3], "é\u{FFFD}"),
    ] as [([UInt8], String)])
  func brokenUTF8(_ bytes: [UInt8], _ repaired: String) {
    let text = [0x22] + bytes + [0x22]
    check(text, gives: .value(.string(repaired)), repair: .text)
    let strict = Parsed(text)
    guard case .error(let error) = strict, error.reason == .invalidUTF8 else {
      Issue.record("\(bytes): expected invalid UTF-8, got \(strict)")
      return
    }
  }

  @Test func brokenUTF8IsRefusedAtItsPlace() {
    check(Array("[1,\"ab".utf8) + [0xFF] + Array("\"]".utf8), gives: .error(JSONError(.invalidUTF8, offset: 6)))
  }

  @Test(arguments: [
    (#""\uD800""#, "\u{FFFD}"), (#""\uDC00""#, "\u{FFFD}"), (#""a\uD83Db""#, "a\u{FFFD}b"), (#""\uD83D\u0041""#, "\u{FFFD}A"),
    (#""\uD83D\uD83D\uDE00""#, "\u{FFFD}😀"), (#""\uDE00\uD83D""#, "\u{FFFD}\u{FFFD}"), (#""\\uD800""#, "\\uD800"),
  ])
  func loneSurrogates(_ text: String, _ repaired: String) {
    check(text, means: .string(repaired), repair: .text)
    guard repaired.unicodeScalars.contains("\u{FFFD}") else { return check(text, means: .string(repaired)) }
    let strict = Parsed(Array(text.utf8))
    if case .value = strict { Issue.record("\(text): expected an error, got \(strict)") }
  }

  /// A text may contain the noncharacters that are used as stand-ins, raw and escaped: they are preserved.
  @Test func whatStandsForTheMendedCannotBeForged() {
    let (first, second) = (String(decoding: [0xEF, 0xB7, 0x90], as: UTF8.self), String(decoding: [0xEF, 0xB7, 0x91], as: UTF8.self))
    check("\"\(first)123\"", means: .string(first + "123"))
    check(#"["\uFDD0123"]"#, means: [.string(first + "123")])
    check("[\"\(first)0\",1e999]", means: [.string(first + "0"), .bigNumber("1e999")])
    check(#"["\uFDD00","\ufdd1",1e999]"#, means: [.string(first + "0"), .string(second), .bigNumber("1e999")])
    check(#"["\\uFDD0",1e999]"#, means: [#"\uFDD0"#, .bigNumber("1e999")])
    var object = JSONObject()
    object[first] = 1
    object["\0"] = 2
    object["a\0b"] = .bigNumber("18446744073709551616")
    check("{\"\(first)\":1,\"\\u0000\":2,\"a\\u0000b\":18446744073709551616}", means: .object(object))
    // Of equal names the last wins, in the place of the first.
    check(#"{"\u0000":1,"k":2,"\u0000":3}"#, means: ["\0": 3, "k": 2])
    // A text that contains all 32 of them is still rejected.
    let all = (0xFDD0...0xFDEF).map { String(UnicodeScalar(UInt32($0))!) }.joined()
    check("[\"\(all)\"]", means: [.string(all)])
    let got = Parsed(Array("[\"\(all)\",1e999]".utf8))
    if case .value = got { Issue.record("expected an error, got \(got)") }
  }

  /// A raw NUL is never valid JSON; jansson ignores one after a number or a word. In a text of a record it is repaired.
  @Test(arguments: [
    "1@", "[1@]", "[1@,2]", "[1,@2]", "true@", "[null@]", #"{"a":false@}"#, #"{"a":1.5@}"#, "@1", "[@]", #"{"a"@:1}"#,
  ])
  func aNULByteIsRefused(_ pattern: String) {
    let text = pattern.utf8.map { $0 == UInt8(ascii: "@") ? 0 : $0 }
    for policy in [JSONRepair.Policy.numbersAndNUL, .text] {
      let got = Parsed(text, repair: policy)
      if case .value = got { Issue.record("\(pattern): expected an error, got \(got)") }
    }
  }

  @Test func mendingTakesAllThatIsBrokenAtOnce() {
    check(
      Array(#"{"n":1e999,"k\u0000":"\uD800","b":""#.utf8) + [0xFF] + Array(#""}"#.utf8),
      gives: .value(["n": .bigNumber("1e999"), "k\0": "\u{FFFD}", "b": "\u{FFFD}"]), repair: .text)
  }

  @Test func whatIsBeyondMendingIsToldInTermsOfTheOriginal() {
    check(#"[1e999,"\uD800",]"#, isRefusedAt: 6)
    check("[18446744073709551615 x", isRefusedAt: 21)
  }
}

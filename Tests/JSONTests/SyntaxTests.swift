// Proves that texts mean what RFC 8259 says, and that invalid texts are rejected at the byte of the error.

import JSON
import Testing

@Suite struct SyntaxTests {
  @Test func everyKindOfValue() {
    check("null", means: .null)
    check("true", means: true)
    check(" \t\r\n false \n", means: false)
    check("0", means: 0)
    check("\"\"", means: "")
    check("[]", means: [])
    check("{}", means: [:])
    check("[1,[2,{\"a\":[]}],null]", means: [1, [2, ["a": []]], nil])
    check("{\"\":{\" \":1}}", means: ["": [" ": 1]])
  }

  @Test func membersKeepTheirOrder() throws {
    let value = try JSONValue(parsing: #"{"z":1,"a":2,"m":3}"#)
    #expect(value.object?.keys == ["z", "a", "m"])
  }

  @Test func ofDuplicateNamesTheLastWins() throws {
    check(#"{"a":1,"b":2,"a":3}"#, means: ["a": 3, "b": 2])
    check(#"{"a":1,"\u0061":2}"#, means: ["a": 2])
    #expect(try JSONValue(parsing: #"{"a":1,"b":2,"a":3}"#).object?.members.count == 2)
  }

  /// The offset is the end of the token that is not allowed there, or the end of the text.
  @Test(arguments: [
    ("{", 1), ("[", 1), ("[1,", 3), ("[1 2]", 4), ("[1,]", 4), ("{\"a\"}", 5), ("{\"a\":}", 6), ("{\"a\":1,}", 8), ("{a:1}", 2),
    ("\"abc", 4), ("\"a\nb\"", 2), ("\"\\x\"", 3), ("\"\\u12\"", 6), ("tru", 3), ("nulll", 5), ("True", 4), ("'a'", 1), ("}", 1),
    ("1 2", 3),
    ("{} x", 4), ("[] []", 4), ("// c\n1", 1), ("", 0), ("   ", 3),
  ])
  func whatIsNoJSONIsRefused(_ text: String, _ offset: Int) {
    check(text, isRefusedAt: offset)
  }

  /// Swift parses them as Doubles, but they are not JSON. In records, the names that writers in other languages use are read as text.
  @Test(arguments: [
    ("NaN", "\"NaN\""), ("Infinity", "\"Infinity\""), ("-Infinity", "\"-Infinity\""), ("[NaN, -Infinity]", "[\"NaN\",\"-Infinity\"]"),
    ("nan", "\"NaN\""), ("inf", "\"Infinity\""), ("-Inf", "\"-Infinity\""), ("[-nan]", "[\"NaN\"]"), ("\"a\u{0}\"", "\"a\\u0000\""),
    ("[1,{\"a\":2,},]", "[1,{\"a\":2}]"), ("\"a\\qb\u{1}\"", "\"a\\\\qb\\u0001\""),
  ])
  func whatRecordsMayHold(_ text: String, _ meaning: String) throws {
    if case .value = Parsed(Array(text.utf8), repair: .numbersAndNUL) { Issue.record("\(text): a client's text is refused") }
    let got = try Array(text.utf8).withUnsafeBytes { try JSONValue(parsing: $0, repair: .text) }
    #expect(got.serializedString == meaning, "\(text)\n  expected \(meaning)\n  got      \(got.serializedString)")
  }

  @Test(arguments: ["nano", "info", "[NaNa]", "-I", "0x10", "1_000"])
  func wordsAndNotationsOfOtherLanguagesAreRefused(_ text: String) {
    for policy in [JSONRepair.Policy.numbersAndNUL, .text] {
      let got = Parsed(Array(text.utf8), repair: policy)
      if case .value = got { Issue.record("\(text): expected an error, got \(got)") }
    }
  }

  /// Names are strings, whatever is repaired elsewhere: a number that is too large, or a bare word, is not a name either.
  @Test(arguments: [
    "{1:2}", "{18446744073709551616:1}", "{ 1e999 :2}", "{NaN:1}", "[{-Infinity : 1}]", "{\"a\":1,-99999999999999999999:2}",
  ])
  func numbersAreNoNames(_ text: String) {
    for policy in [JSONRepair.Policy.numbersAndNUL, .text] {
      let got = Parsed(Array(text.utf8), repair: policy)
      if case .value = got { Issue.record("\(text): expected an error, got \(got)") }
    }
  }

  @Test func emptinessHasItsOwnReason() {
    check([], gives: .error(JSONError(.empty, offset: 0)))
  }

  @Test func descriptionsTellThePlace() {
    #expect(JSONError(.invalidUTF8, offset: 7).description == "invalid UTF-8 at byte 7")
    #expect(JSONError(.syntax("x"), offset: 3).description == "invalid JSON at byte 3: x")
    #expect(JSONError(.tooLarge(limit: 9), offset: 9).description == "longer than 9 bytes")
    #expect(JSONError(.tooDeep(limit: 2), offset: 5).description == "nested deeper than 2 levels at byte 5")
    #expect(JSONError(.empty, offset: 0).description == "no JSON value")
  }
}

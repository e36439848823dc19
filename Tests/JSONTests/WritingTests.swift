// Proves that the output is one line of JSON, in the order of the members, escaped no more than necessary, and reads back as the same
// value.

import JSON
import Testing

@Suite struct WritingTests {
  @Test func membersAreWrittenInTheirOrder() {
    var object: JSONObject = ["z": 1, "a": [true, nil]]
    object["m"] = "x"
    object["a"] = 2
    object.append("absent", nil)
    check(.object(object), isWritten: #"{"z":1,"a":2,"m":"x"}"#)
    object["z"] = nil
    check(.object(object), isWritten: #"{"a":2,"m":"x"}"#)
  }

  @Test func onlyWhatMustBeEscapedIs() {
    check("a/b", isWritten: #""a/b""#)
    check("\"\\\u{8}\u{C}\n\r\t\u{1}\u{1F}\0", isWritten: #""\"\\\b\f\n\r\t\u0001\u001F\u0000""#)
    check("é你😀\u{FFFD}\u{2028}\u{7F}", isWritten: "\"é你😀\u{FFFD}\u{2028}\u{7F}\"")
    check(["k\0\"": "", "": []], isWritten: #"{"k\u0000\"":"","":[]}"#)
  }

  @Test func scalarsStandAlone() {
    check(nil, isWritten: "null")
    check(false, isWritten: "false")
    check("", isWritten: #""""#)
    check([:], isWritten: "{}")
  }

  /// The writer's first buffer is smaller than this.
  @Test(arguments: [2_040, 2_046, 2_047, 2_048, 2_049, 100_000])
  func lengthDoesNotMatter(_ count: Int) {
    let text = String(repeating: "x", count: count)
    check(.string(text), isWritten: "\"\(text)\"")
  }

  @Test func nothingWrittenHoldsANewline() {
    let value: JSONValue = ["a\n": ["\r\n", ["b": "\n"]]]
    #expect(!value.serialized.contains(0x0A) && !value.serialized.contains(0x0D))
  }

  /// Random documents, the same in every run, read back as the same values.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func whatIsWrittenReadsBack(_ seed: UInt64) throws {
    var random = SplitMix64(state: seed)
    let value = JSONValue.random(depth: 4, using: &random)
    let written = value.serialized
    let back = try JSONValue(parsing: written)
    #expect(back == value, "seed \(seed)\n  expected \(value)\n  got      \(back)")
    #expect(back.serialized == written, "seed \(seed)")
    #expect(value.serializedScalarCount == value.serializedString.unicodeScalars.count, "seed \(seed): \(value.serializedString)")
  }
}

/// Sebastiano Vigna's generator: small, with the same results on every machine.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension JSONValue {
  fileprivate static func random(depth: Int, using random: inout SplitMix64) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .integer(Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random))
    case 3:
      let double = Double(bitPattern: random.next())
      return .number(double.isFinite ? double : 0.5)
    case 4, 5: return .string(randomText(using: &random))
    case 6: return .array((0..<Int.random(in: 0..<6, using: &random)).map { _ in .random(depth: depth - 1, using: &random) })
    default:
      var object = JSONObject()
      for _ in 0..<Int.random(in: 0..<6, using: &random) {
        object[randomText(using: &random)] = .random(depth: depth - 1, using: &random)
      }
      return .object(object)
    }
  }

  private static func randomText(using random: inout SplitMix64) -> String {
    let alphabet: [UnicodeScalar] = [
      "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\0", "\u{1F}", "\u{7F}", "é", "\u{301}", "你", "😀", "\u{FFFD}",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0..<12, using: &random) { text.unicodeScalars.append(alphabet.randomElement(using: &random) ?? "a") }
    return text
  }
}

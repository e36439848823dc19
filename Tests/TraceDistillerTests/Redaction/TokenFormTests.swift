// Every row of the token table: an example generated from its pattern is found wherever it is, and one that is one letter too short is
// kept. Examples are assembled at run time, so that scanners of repositories do not report them.

import Testing

@testable import TraceDistiller

@Suite struct TokenFormTests {
  /// Names are unique and patterns are well-formed.
  @Test func theTableIsWellFormed() {
    var names: Set<String> = []
    for form in TokenForm.all {
      #expect(TokenPattern(form.pattern) != nil, "\(form.name): \(form.pattern)")
      #expect(names.insert("\(form.name)").inserted, "\(form.name) stands twice")
    }
    #expect(TokenForm.all.count >= 120, "\(TokenForm.all.count) rows")
    #expect(TokenForm.all.count < 256, "rows are numbered by one byte")
  }

  private static let places: [(before: String, after: String)] = [
    ("", ""), ("see ", " there"), ("(", ")"), ("\"", "\""), ("{\"x\":\"", "\"}"), ("a=", "&b=1"), ("v:", ","), ("%3D", "%26b"),
    ("line\\n", "\\nnext"),
    ("the key is '", "'."), ("https://host/path/", "/more"), ("<v>", "</v>"), ("\n", "\n"), ("[", "]"), ("é", "é"), ("key.", " "),
  ]

  @Test(arguments: TokenForm.all.indices)
  func foundEverywhere(row: Int) throws {
    let form = TokenForm.all[row]
    var random = SeededBits(seed: UInt64(row))
    let token = try #require(Self.example(form, &random))
    for place in Self.places {
      let text = place.before + token + place.after
      let got = clean(text)
      #expect(got?.contains(token) == false, "\(form.name) stayed in: \(text)\n  got \(got ?? "nothing found")")
      #expect(
        got?.hasPrefix(place.before) == true && got?.hasSuffix(place.after) == true, "\(form.name) took more than itself: \(got ?? "")")
    }
  }

  /// One letter less is not a token. If a row of another kind matches the shorter word, that is correct.
  @Test(arguments: TokenForm.all.indices)
  func nearMissesStay(row: Int) throws {
    let form = TokenForm.all[row]
    var random = SeededBits(seed: UInt64(row) + 1_000)
    let pattern = try #require(TokenPattern(form.pattern))
    let short = try #require(Self.example(form, &random, missing: 1))
    let end = Array(short.utf8).withUnsafeBytes { pattern.end(in: $0, from: 0) }
    #expect(end == nil, "\(form.name) takes \(short)")
    // The rest is generated from other letters.
    let prefix = String(decoding: pattern.prefix, as: UTF8.self)
    if prefix.count >= 4 {
      let words = prefix + "word and more words"
      #expect(clean(words) == nil, "\(form.name) takes words: \(clean(words) ?? "")")
    }
  }

  /// Ordinary long words in programs.
  @Test(arguments: [
    "4bf92f3577b34da6a3ce929d0e0e4736", "550e8400-e29b-41d4-a716-446655440000", "org.springframework.web.servlet.DispatcherServlet",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "my-service-7d4b9c6f5d-x2k8z", "application/vnd.api+json",
    "projects/p/locations/europe-west1/services/s", "sk-learn-pipeline-model-version-2", "key-value-store-of-the-main-cluster",
    "pa-system-of-the-building",
    "api-gateway-production-eu-west-1-a", "re_export_of_the_module_is_fine", "fw_rules_of_the_main_gateway_host",
    "npm_config_registry_is_not_set_here",
    "hf_transfer", "pat-matching-is-a-technique", "SKU-2024-00001234-EU-WEST", "EAAccountingModuleLoader", "secret_santa_list_of_2024",
    "2026-11-30T16:23:25.123456789Z", "arn:aws:lambda:us-east-1:123456789012:function:my-function", "v1.0-beta.20261130-build.4711",
    "com.example.shop.checkout.PaymentServiceImplementation$Companion", "git@github.com:owner/repository-name.git",
    "MyVeryLongTypeNameOfModule.member.anotherVeryLongMemberName", "Microsoft.AspNetCore.Hosting.HttpRequestIn",
  ])
  func ordinaryWordsStay(text: String) { #expect(clean(text) == nil, "\(text) became \(clean(text) ?? "")") }

  /// The shortest text that the pattern matches, with a digit if it needs one.
  private static func example(_ form: TokenForm, _ random: inout SeededBits, missing: Int = 0) -> String? {
    guard let pattern = TokenPattern(form.pattern) else { return nil }
    let lastRun = pattern.parts.lastIndex { if case .run = $0 { true } else { false } }
    var text: [UInt8] = []
    for (index, part) in pattern.parts.enumerated() {
      switch part {
      case .literal(let bytes): text += bytes
      case .run(let set, let least, _, let needsDigit):
        // No dash or full stop at either end.
        let letters = (UInt8(0x30)...0x7A).filter { set.contains($0) && $0 != UInt8(ascii: "_") }
        let count = least - (index == lastRun ? missing : 0)
        for place in 0..<count { text.append(place == count - 1 && needsDigit ? UInt8(ascii: "7") : letters[random.next(letters.count)]) }
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private func clean(_ text: String) -> String? {
    var text = text
    return text.withUTF8 { SecretScan.cleaned(UnsafeRawBufferPointer($0)) }.map { String(decoding: $0.bytes, as: UTF8.self) }
  }
}

/// The same numbers in every run (splitmix64).
struct SeededBits {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((bits ^ bits >> 31) % UInt64(bound))
  }
}

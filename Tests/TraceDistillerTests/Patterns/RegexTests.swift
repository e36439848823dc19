// Proves that regular expressions match what a slow second implementation matches, refuse what they cannot do with its place, and cost a bounded
// number of steps a byte, whatever the pattern is.

import Testing

@testable import TraceDistiller

struct RegexTests {
  /// Texts that match and texts that do not, parted by blanks; `·` stands for a blank, `⏎` for a line's end.
  static let cases: [(pattern: String, matching: String, others: String)] = [
    ("time(d )?out", "timeout timed·out TIMEOUT the·timeout·of", "time·out timed"),
    ("^GET /orders/[0-9]+$", "GET·/orders/17 get·/ORDERS/1", "GET·/orders/ GET·/orders/17/x aGET·/orders/1"),
    (#"\bcard\b"#, "card a·card the·card. CARD", "cards discard card_1"), (#"\Bard"#, "card", "ard a·ard"),
    // The second byte of é lies between no characters.
    (#"\B"#, "ab · é", "a aéa a中a"),
    ("a|b|cd", "xa B acd cd", "c d xyz"), ("a.c", "abc aéc a中c a😀c", "ac a⏎c abbc"), ("(?s)a.c", "a⏎c", "ac"),
    ("(?m)^b$", "a⏎b⏎c b", "ab a⏎bc"), ("^b$", "b", "a⏎b"), ("[^a]b", "xb éb", "ab Ab b"), ("[a-cx]+-", "abcx- X-", "d- -"),
    ("É+n", "één ÉN", "en"), ("[à-þ]", "É é", "e E"), ("[^é]", "a", "é É"), ("straße", "STRAßE", "strasse"),
    (#"\x41\x{e9}"#, "aé AÉ", "a e"), (#"\Qa.b\E+"#, "a.bb", "axb"), ("a{2}", "aa", "a"), ("^a{2,3}$", "aa aaa", "a aaaa"),
    ("a{,3}", "a{,3}", "aaa"), ("a{2,}b", "aab aaaab", "ab"), ("x*", "x y", ""), ("[]a]+z", "]z az", "z"), ("[a-]z", "-z az", "z bz"),
    ("[[:upper:]]{3}", "abc ABC", "ab1"), ("[[:^alpha:]x]", "1 x é", "a"), (#"[\w.]+@[\w.]+"#, "bob@x.y", "bob@·x @"),
    (#"(?i)(?P<name>a)(?<other>b)(?:c)"#, "abc", "ab"), (#"\d{3}-\D"#, "123-x", "12-x 123-4"), ("", "a", ""), ("a||b", "x", ""),
    ("k", "K \u{212A}", "j"), ("i̇", "İ", "i"), (#"\."#, ".", "a"), ("(a*)*$", "b", ""), ("()+x", "x", "y"),
    (#"\/v1\/"#, "/v1/", "v1"), ("(?-s:a.b)", "axb", "a⏎b"), ("(?s)(?-s)a.b", "axb", "a⏎b"), ("a(?s).b", "a⏎b", "ab"),
  ]

  private static func texts(_ words: String) -> [String] {
    words.split(separator: " ").map { String($0).replacing("·", with: " ").replacing("⏎", with: "\n") }
  }

  @Test(arguments: cases.indices) func matches(_ index: Int) throws {
    let (pattern, matching, others) = Self.cases[index]
    let compiled = try TextPattern(regex: pattern)
    for text in Self.texts(matching) { #expect(compiled.matches(text), "/\(pattern)/ is in \(text.debugDescription)") }
    for text in Self.texts(others) { #expect(!compiled.matches(text), "/\(pattern)/ is not in \(text.debugDescription)") }
  }

  static let refused: [(pattern: String, place: Int, reason: String)] = [
    (#"(a)\1"#, 4, "references to groups are not supported"), (#"\k<a>"#, 1, "references to groups are not supported"),
    ("(?P=a)", 1, "references to groups are not supported"), ("[\\1]", 2, "references to groups are not supported"),
    ("a(?=b)", 2, "looking ahead or behind is not supported"), ("a(?!b)", 2, "looking ahead or behind is not supported"),
    ("(?<=a)b", 1, "looking ahead or behind is not supported"), ("(?<!a)b", 1, "looking ahead or behind is not supported"),
    ("(?>a)", 1, "atomic groups are not supported"), ("(?#a)", 1, "comments are not supported"),
    ("(?R)", 1, "patterns that call themselves are not supported"), ("(?(1)a)", 1, "conditions are not supported"),
    ("(a", 1, "no ) for this ("), ("x(?:(a)", 2, "no ) for this ("), ("a)", 2, "no ( for this )"), ("[a", 1, "no ] for this ["),
    ("ab[", 3, "no ] for this ["), ("*a", 1, "nothing stands before it that could be repeated"),
    ("a|+", 3, "nothing stands before it that could be repeated"), ("(?:?)", 4, "nothing stands before it that could be repeated"),
    ("a**", 3, "a repetition of a repetition (possessive ones are not supported): put the inner one into (?:…)"),
    ("a{2}{3}", 5, "a repetition of a repetition (possessive ones are not supported): put the inner one into (?:…)"),
    ("a{1001}", 2, "more than 1000 repetitions"), ("a{3,2}", 2, "the first number is larger than the second"),
    ("(?:a{1000}){1000}", 12, "too large: more than 2000 steps; repeat less often or fewer characters"),
    ("[z-a]", 2, "a range that ends before it begins"), (#"[a-\d]"#, 2, "a range ends with a character"),
    ("[[:what:]]", 2, "no such class"),
    ("a\\", 2, "a \\ at the end"), (#"\y"#, 1, "no such escape"), (#"\xZ1"#, 1, #"write \x7F or \x{10FFFF}"#),
    (#"\x{110000}"#, 1, #"write \x7F or \x{10FFFF}"#), (#"\pL"#, 1, "classes of Unicode are not supported: write a range like [α-ω]"),
    (#"\C"#, 1, "single bytes are not supported"), ("(?-i)a", 1, "case never makes a difference, and (?-i) cannot change that"),
    ("(?x)a", 1, "the flag x is not supported: write the pattern without blanks"), ("(?q)a", 3, "no such flag; there are i, m, s, U"),
    ("(?", 1, "the pattern ends within (?"), ("(?s", 1, "the pattern ends within (?"),
    ("(?<1-2>a)", 1, "a group's name is letters, digits and _, then >"),
    (String(repeating: "a", count: 1_001), 1_001, "longer than 1000 characters"),
  ]

  @Test(arguments: refused.indices) func isRefused(_ index: Int) {
    let (pattern, place, reason) = Self.refused[index]
    let error = #expect(throws: RegexError.self, "/\(pattern)/") { try TextPattern(regex: pattern) }
    #expect(
      error == RegexError(place: place, reason: reason),
      "/\(pattern)/\n  expected \(place) \(reason)\n  got      \(String(describing: error))")
  }

  /// Two thousand steps, 1,000 characters and repetitions are taken; one more is not.
  @Test func bounds() throws {
    for pattern in [
      "(?:a{999}){2}", "a{1000}", String(repeating: "é", count: 990),
      String(repeating: "(", count: 400) + String(repeating: ")", count: 400),
    ] {
      #expect(throws: Never.self, "/\(pattern.prefix(40))/") { try TextPattern(regex: pattern) }
    }
    for pattern in [
      "(?:a{999}){3}", "(?:(?:(?:a{10}){10}){10}){10}", String(repeating: "x{600}|", count: 120),
      String(repeating: "[α-ω]{900}", count: 90),
      String(repeating: "[ΐ-࿿]", count: 190),
      "[" + String((0..<900).compactMap { Unicode.Scalar(0x100 + 2 * $0).map { Character($0) } }) + "]",
    ] {
      let error = #expect(throws: RegexError.self, "/\(pattern.prefix(40))/") { try TextPattern(regex: pattern) }
      #expect(error?.reason.hasPrefix("too large: ") == true, "\(String(describing: error))")
    }
  }

  private static let alphabet: [Unicode.Scalar] = ["a", "b", "A", "B", "é", "É", "1", "_", " ", "\n", "中", "😀", "-", ".", "z"]

  private static func text(_ random: inout some RandomNumberGenerator, upTo most: Int) -> String {
    var text = String.UnicodeScalarView()
    let isASCII = Bool.random(using: &random)
    for _ in 0..<Int.random(in: 0...most, using: &random) {
      let scalar = alphabet.randomElement(using: &random)!
      if !isASCII || scalar.isASCII { text.append(scalar) }
    }
    return String(text)
  }

  /// Random patterns, written in random ways, over random texts: as a slow matcher says. What is looked for first never hides a match, nor does a look
  /// at bytes in which the text lies among others.
  @Test(arguments: 1...4 as ClosedRange<UInt64>) func agreesWithASlowMatcher(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<150 {
      let slow = SlowRegex.random(Int.random(in: 1...8, using: &random), &random)
      let written = slow.pattern(&random)
      let pattern = try TextPattern(regex: written)
      for _ in 0..<8 {
        let text = Self.text(&random, upTo: 12)
        let (expected, got) = (slow.matches(text), pattern.matches(text))
        #expect(got == expected, "seed \(seed): /\(written)/ in \(text.debugDescription)\n  expected \(expected)\n  got      \(got)")
        let among = Self.text(&random, upTo: 5) + "\u{1}" + text + "\u{7F}" + Self.text(&random, upTo: 5)
        let mayBe = Array(among.utf8).withUnsafeBytes { pattern.mayBe(in: $0, hasOddFolding: false) }
        #expect(mayBe || !expected, "seed \(seed): /\(written)/ is in \(text.debugDescription), and was not found among others")
      }
    }
  }

  /// Whatever stands in a pattern, it is taken or refused at a place that it has.
  @Test func anyTextIsTakenOrRefused() {
    var random = SplitMix64(seed: 5)
    let parts = [
      "(", ")", "[", "]", "{", "}", "*", "+", "?", "|", "\\", "^", "$", ".", "a", "é", "-", ",", "1", "12", ":", "<", ">", "=", "!", "P",
      "Q", "E", "x", "[:", ":]", "(?", "\\x{", "\\b", "\\1", "😀", "\u{0}", "s", "i",
    ]
    var taken = 0
    for _ in 0..<5_000 {
      let pattern = (0..<Int.random(in: 0...12, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined()
      do throws(RegexError) {
        let compiled = try TextPattern(regex: pattern)
        _ = compiled.matches("aé1 (x)")
        taken += 1
      } catch {
        #expect((1...max(1, pattern.unicodeScalars.count)).contains(error.place), "/\(pattern)/: \(error)")
      }
    }
    #expect(taken > 500 && taken < 4_500, "\(taken) of 5,000 were taken")
  }

  /// What makes a matcher that tries one way after the other take exponential time costs each byte a walk through the code at most, mostly a look into a
  /// table. The bound of states is reached and what they say stays right.
  @Test func costsAreLinear() throws {
    for (written, text, isThere) in [
      ("(a*)*b", String(repeating: "a", count: 50_000), false), ("(a|aa)+$", String(repeating: "a", count: 50_000) + "b", false),
      ("(?:a?){40}a{40}b", String(repeating: "a", count: 50_000), false), ("^(.*,){20}x", String(repeating: "1,", count: 20_000), false),
    ] {
      let pattern = try TextPattern(regex: written)
      #expect(pattern.matches(text) == isThere, "/\(written)/")
      #expect(pattern.work < 100_000, "/\(written)/ took \(pattern.work) steps for \(text.utf8.count) bytes")
    }
    // As many states as there are texts of 15 letters.
    let pattern = try TextPattern(regex: "a[ab]{15}[cd]")
    var random = SplitMix64(seed: 11)
    var letters = (0..<60_000).map { _ in Bool.random(using: &random) ? UInt8(ascii: "a") : UInt8(ascii: "b") }
    #expect(!pattern.matches(String(decoding: letters, as: UTF8.self)))
    #expect(pattern.work > 100_000 && pattern.work < 60_000 * 60, "\(pattern.work) steps")
    letters[letters.count - 17] = UInt8(ascii: "a")
    letters[letters.count - 1] = UInt8(ascii: "d")
    #expect(pattern.matches(String(decoding: letters, as: UTF8.self)), "found behind a hundred thousand states")
  }

  /// Numbers are written only for patterns that could be in one.
  @Test func numbers() throws {
    for (written, expected) in [
      ("[0-9]+", true), ("^5..$", true), ("[^a-z]", true), ("tru", true), ("1e-[0-9]", true), ("", true), ("(x|7)$", true), (#"\W5"#, true),
      ("user-[0-9]+", false), ("[0-9]x", false), ("é?z", false), ("[g-h]", false),
    ] {
      #expect(try TextPattern(regex: written).mayMatchNumbers == expected, "/\(written)/")
    }
    for (text, expected) in [
      ("17", true), ("-1.5e-0", true), ("ALSE", true), ("inf", true), ("user-50000", false), ("17 ", false), ("rue5", false), ("", true),
    ] {
      #expect(TextPattern(text).mayMatchNumbers == expected, "\(text)")
    }
  }

  /// What has to be in a text is looked for first.
  @Test func neededTexts() throws {
    for (written, expected) in [
      ("timeout", "timeout"), ("time(out|d)", "time"), ("timeout|refused", "refused timeout"),
      ("(?:timeout|refused) by", "refused timeout"),
      ("a+bc+def", "def"), ("(abc)?d+", ""), ("x{0}abc", "abc"), ("(ab){3}", "ababab"), ("(ab){2,}", "ab"), ("[a-z]+", ""), ("aé", ""),
      ("Éabc", "abc"), (#"\babc\b"#, "abc"), ("ab|cd|ef|gh", "ab cd ef gh"), ("ab|cd|ef|gh|ij", ""), ("a|bcd", ""), ("abc|", ""),
      ("(?:abc|d.e)f+gh", "gh"),
    ] {
      let needed = try RegularExpression(written).needed.map { String(decoding: $0, as: UTF8.self) }.sorted().joined(separator: " ")
      #expect(needed == expected, "/\(written)/\n  expected \(expected)\n  got      \(needed)")
    }
  }

  /// Ranges of characters are written as UTF-8 writes them, to the last one of each length.
  @Test func rangesBeyondASCII() throws {
    var random = SplitMix64(seed: 3)
    let borders: [UInt32] = [
      0x7F, 0x80, 0xBF, 0xC0, 0x7FF, 0x800, 0xFFF, 0x1000, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x3FFFF, 0x40000, 0x10FFFF,
    ]
    for round in 0..<300 {
      func one() -> UInt32 {
        Bool.random(using: &random) ? borders.randomElement(using: &random)! : UInt32.random(in: 0x80...0x10FFFF, using: &random)
      }
      let (first, second) = (one(), one())
      let (low, high) = (min(first, second), max(first, second))
      let set = CharacterRanges([low...high])
      for number in [low, high, low &- 1, high + 1, (low + high) / 2] + borders {
        guard let scalar = Unicode.Scalar(number) else { continue }
        let bytes = Array(String(scalar).utf8)
        let isIn = set.utf8.contains { $0.count == bytes.count && zip($0, bytes).allSatisfy { $0.contains($1) } }
        #expect(isIn == (low...high).contains(number), "round \(round): \(number) in \(low)...\(high)")
      }
      #expect(set.inverted.inverted == set)
    }
  }
}

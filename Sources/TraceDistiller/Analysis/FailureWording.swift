// Compares messages without their numbers and ids: "row 17 of 2,000 is bad" and "row 731 of 2,000 is bad" are one kind of failure.

import Platform

/// Wordings are used only for comparison; answers show the original message.
enum FailureWording {
  /// What counts as the same.
  enum Measure {
    /// One kind of failure: numbers and ids do not matter.
    case kind
    /// The same failure reported again: only durations, hexadecimal ids of 8 or more digits and numbers of 10 or more digits may differ.
    /// "order 17 is bad" does not repeat "order 18 is bad".
    case retold
    /// One operation: `GET /users/17` and `GET /users/18` are the same, but `step1` and `step2` are not.
    case operation
  }

  /// Words in lower case, with a space before and after each; numbers and ids are `#`. Codes are kept, because 404 and 503 are different
  /// failures.
  ///
  /// Of a long text only the beginning and the end are used: wrapped errors have their cause at the end.
  static func plain(_ text: UnsafeRawBufferPointer, _ measure: Measure) -> [UInt8] {
    var writer = Writer(measure: measure)
    writer.words.reserveCapacity(min(text.count, 4_096) + 2)
    if text.count <= 4_096 {
      writer.add(text)
    } else {
      writer.add(UnsafeRawBufferPointer(rebasing: text[..<2_048]))
      writer.add(UnsafeRawBufferPointer(rebasing: text[(text.count - 2_048)...]))
    }
    // If no word is left, the punctuation is the message.
    if writer.words.isEmpty { writer.words = [0x20] + text.prefix(4_096) }
    writer.words.append(0x20)
    return writer.words
  }

  /// Whether the wording is specific enough to identify a failure, unlike a mere "error": at least two words and eight characters.
  static func isDistinctive(_ wording: [UInt8]) -> Bool {
    wording.count >= 10 && wording.dropFirst().dropLast().contains(0x20)
  }

  static func find(_ part: [UInt8], in whole: [UInt8]) -> Bool {
    part.withUnsafeBytes { part in whole.withUnsafeBytes { find(part, in: $0) } }
  }

  static func find(_ part: UnsafeRawBufferPointer, in whole: UnsafeRawBufferPointer) -> Bool {
    guard !part.isEmpty, part.count <= whole.count else { return false }
    // Rabin–Karp: texts that almost match everywhere must not take quadratic time.
    let base: UInt64 = 0x9E37_79B9_7F4A_7C15
    var (wanted, sum, power): (UInt64, UInt64, UInt64) = (0, 0, 1)
    for place in 0..<part.count {
      wanted = wanted &* base &+ UInt64(part[place])
      sum = sum &* base &+ UInt64(whole[place])
      power = power &* base
    }
    for end in part.count...whole.count {
      let start = end - part.count
      if sum == wanted, memcmp(whole.baseAddress! + start, part.baseAddress!, part.count) == 0 { return true }
      if end < whole.count { sum = sum &* base &+ UInt64(whole[end]) &- power &* UInt64(whole[start]) }
    }
    return false
  }

  private struct Writer {
    let measure: Measure
    var words: [UInt8] = []
    /// Where the numbers at the end of `words` begin.
    private var numbers: Int?
    private var word: [UInt8] = []
    /// The next number is a code, which is part of the kind of failure.
    private var isCodeNext = true
    private var wasID = false

    init(measure: Measure) { self.measure = measure }

    private static let codeWords: Set<[UInt8]> = Set(
      [
        "status", "code", "http", "https", "errno", "error", "exit", "signal", "sqlstate", "answered", "returned", "got", "received",
        "responded", "with",
      ].map { Array($0.utf8) })
    private static let longestCodeWord = codeWords.map(\.count).max() ?? 0
    /// By byte, whether one of those words begins with it.
    private static let codeLetters = (0...255).map { letter in codeWords.contains { $0.first.map(Int.init) == letter } }
    private static let units: Set<[UInt8]> = Set(
      [
        "ms", "s", "us", "µs", "ns", "sec", "secs", "second", "seconds", "millisecond", "milliseconds", "microseconds", "nanoseconds",
        "min",
        "minutes",
      ].map { Array($0.utf8) })
    /// Words whose digits are part of the name.
    private static let whole: Set<[UInt8]> = Set(
      [
        "utf8", "utf16", "utf32", "sha1", "sha256", "sha512", "md5", "ipv4", "ipv6", "http2", "http3", "base64", "int8", "int16", "int32",
        "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "s3", "ec2", "v1", "v2", "v3", "h2", "x86", "x509", "oauth2",
        "oauth1", "k8s", "log4j", "tls1", "psycopg2", "java8", "python3",
      ].map { Array($0.utf8) })

    mutating func add(_ text: UnsafeRawBufferPointer) {
      for byte in text {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, 0x80...0xFF: word.append(byte)
        case 0x41...0x5A: word.append(byte | 0x20)
        default: end(isJoined: byte == 0x2D)
        }
      }
      end(isJoined: false)
    }

    private mutating func end(isJoined: Bool) {
      guard !word.isEmpty else {
        wasID = wasID && isJoined
        return
      }
      let digits = word.count { Self.isDigit($0) }
      let isHex = word.allSatisfy { Self.isDigit($0) || (0x61...0x66).contains($0) }
      if digits == word.count {
        addNumber()
        wasID = isJoined && word.count >= 4
      } else if isHex, digits > 0 && word.count >= 8 || wasID && (word.count == 4 || word.count == 12) {
        mark()
        (isCodeNext, wasID) = (false, isJoined)
      } else if digits > 0, measure == .kind && !Self.whole.contains(word) || measure != .operation && Self.isDigit(word[0]) {
        if Self.isDigit(word[0]) { mark() } else { appendWithoutDigits() }
        (isCodeNext, wasID) = (false, false)
      } else {
        // 25.3 ms and 26.1 ms are the same: the difference is not the failure.
        if let begin = numbers, Self.units.contains(word) {
          words.removeSubrange(begin...)
          mark()
        }
        append(word)
        // Most words have another first letter and need not be hashed.
        isCodeNext = word.count <= Self.longestCodeWord && Self.codeLetters[Int(word[0])] && Self.codeWords.contains(word)
        wasID = false
      }
      word.removeAll(keepingCapacity: true)
    }

    private mutating func addNumber() {
      if measure == .retold, word.count < 10 {
        let begin = numbers ?? words.count
        append(word)
        numbers = begin
        return
      }
      // A number after a code is also a code: HTTP/1.1 404.
      isCodeNext = isCodeNext && word.count <= 5 && measure == .kind
      if isCodeNext { append(word) } else { mark() }
    }

    private mutating func append(_ bytes: [UInt8]) {
      numbers = nil
      words.append(0x20)
      words.append(contentsOf: bytes)
    }

    /// One mark for consecutive numbers: addresses and instants consist of several.
    private mutating func mark() {
      numbers = nil
      guard words.last != 0x23 else { return }
      words.append(0x20)
      words.append(0x23)
    }

    private mutating func appendWithoutDigits() {
      var kept: [UInt8] = []
      for byte in word {
        if !Self.isDigit(byte) { kept.append(byte) } else if kept.last != 0x23 { kept.append(0x23) }
      }
      append(kept)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  }
}

/// The texts of failures by number, each with its wordings. 0 is the empty text.
struct FailureTexts {
  private var texts = ByteTable()
  private var kinds = Wordings(measure: .kind)
  private var retold = Wordings(measure: .retold)

  private struct Wordings {
    let measure: FailureWording.Measure
    var table = ByteTable()
    var ofText: [Int32] = []

    init(measure: FailureWording.Measure) { self.measure = measure }

    mutating func add(_ text: UnsafeRawBufferPointer) {
      let plain = text.isEmpty ? [] : FailureWording.plain(text, measure)
      ofText.append(Int32(plain.withUnsafeBytes { table.insert($0).row }))
    }
  }

  init() { _ = number([]) }

  mutating func number(_ text: UnsafeRawBufferPointer) -> Int32 {
    let (row, isNew) = texts.insert(text)
    if isNew {
      kinds.add(text)
      retold.add(text)
    }
    return Int32(row)
  }

  mutating func number(_ text: [UInt8]) -> Int32 { text.withUnsafeBytes { number($0) } }

  func text(_ number: Int32) -> [UInt8] { texts[Int(number)] }
  /// The number of the text's kind.
  func kind(_ number: Int32) -> Int32 { kinds.ofText[Int(number)] }
  func isSame(_ left: Int32, _ right: Int32) -> Bool { retold.ofText[Int(left)] == retold.ofText[Int(right)] }
  func isDistinctive(_ number: Int32) -> Bool { FailureWording.isDistinctive(words(number)) }
  private func words(_ number: Int32) -> [UInt8] { retold.table[Int(retold.ofText[Int(number)])] }

  /// Whether a text repeats another one with additional words around it.
  func wraps(_ whole: Int32, _ part: Int32) -> Bool {
    // One word is enough if the text ends with it: "reading the cart: timeout".
    let (text, end) = (texts[Int(whole)], texts[Int(part)])
    let place = text.count - end.count
    if place > 2, text[place - 2] == 0x3A, text[place - 1] == 0x20, text[place...].elementsEqual(end) { return true }
    let (words, inner) = (words(whole), words(part))
    return inner.count < words.count && FailureWording.isDistinctive(inner) && FailureWording.find(inner, in: words)
  }
}

// Selects the possible token forms of a word by its first three bytes: most words have none.

/// All forms of `TokenForm.all`, indexed by their beginning.
///
/// `@unchecked Sendable`: the memory behind the pointers is written once, by `init`, and never freed, so that a lookup retains nothing.
struct TokenFinder: @unchecked Sendable {
  static let shared = TokenFinder(TokenForm.all)

  private struct Entry: Sendable {
    var pattern: TokenPattern
    var reason: RedactionReason
  }

  /// The beginning of a form after its first byte.
  private struct Head {
    var second: UInt8
    var third: UInt8
    var row: UInt8
  }

  private let entries: [Entry]
  /// All heads sorted by first byte, longer beginnings first.
  private let heads: UnsafeMutablePointer<Head>
  /// For each first byte, the index of its first head; after the last byte, the end of all heads.
  private let starts: UnsafeMutablePointer<Int>
  /// Forms that begin with a byte class. They are recognised by a byte at a fixed offset.
  private let headless: [UInt8]

  init(_ forms: [TokenForm]) {
    entries = forms.compactMap { form in TokenPattern(form.pattern).map { Entry(pattern: $0, reason: form.reason) } }
    let prefixes = entries.map(\.pattern.prefix)
    let byLength = entries.indices.sorted { prefixes[$0].count > prefixes[$1].count }
    headless = byLength.filter { prefixes[$0].isEmpty }.map { UInt8($0) }
    heads = .allocate(capacity: max(1, entries.count))
    starts = .allocate(capacity: 129)
    var count = 0
    for first in 0..<128 {
      (starts + first).initialize(to: count)
      for row in byLength where prefixes[row].first == UInt8(first) {
        let bytes = prefixes[row] + [0, 0]
        (heads + count).initialize(to: Head(second: bytes[1], third: bytes[2], row: UInt8(row)))
        count += 1
      }
    }
    (starts + 128).initialize(to: count)
  }

  /// The token that begins at `start`. The caller has checked that a word begins there.
  func token(in text: UnsafeRawBufferPointer, at start: Int) -> SecretFinding? {
    guard start + 2 < text.count, text[start] < 128 else { return nil }
    let first = Int(text[start])
    for index in starts[first]..<starts[first + 1] where heads[index].second == text[start + 1] || heads[index].second == 0 {
      // A beginning of two bytes allows any third byte.
      guard heads[index].third == text[start + 2] || heads[index].third == 0 else { continue }
      if let found = finding(heads[index].row, text, start) { return found }
    }
    return nil
  }

  /// The token at the beginning of a long word whose form has no literal beginning.
  func headlessToken(in text: UnsafeRawBufferPointer, at start: Int) -> SecretFinding? {
    // Each form has a sign at an offset where few words have it.
    func has(_ byte: UInt8, _ offset: Int) -> Bool { start + offset < text.count && text[start + offset] == byte }
    let isLikely =
      has(UInt8(ascii: "-"), 32) && has(UInt8(ascii: "u"), 33) || has(UInt8(ascii: "."), 14)
      || has(UInt8(ascii: "Q"), 4) && has(UInt8(ascii: "~"), 5)
      || (24...28).contains { has(UInt8(ascii: "."), $0) }
    guard isLikely else { return nil }
    for row in headless { if let found = finding(row, text, start) { return found } }
    return nil
  }

  private func finding(_ row: UInt8, _ text: UnsafeRawBufferPointer, _ start: Int) -> SecretFinding? {
    let entry = entries[Int(row)]
    return entry.pattern.end(in: text, from: start).map { SecretFinding(range: start..<$0, reason: entry.reason) }
  }
}

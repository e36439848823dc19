// Exports are made as bytes: a document of a million spans is no tree of values first.

import JSON

/// A growing text of an export, mostly JSON.
struct ExportText {
  private(set) var bytes: [UInt8] = []

  mutating func raw(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
  mutating func raw(_ text: [UInt8]) { bytes.append(contentsOf: text) }
  mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }
  mutating func raw(_ number: some FixedWidthInteger) { raw(String(number)) }

  mutating func comma() { bytes.append(UInt8(ascii: ",")) }

  /// A JSON string with its quotes.
  mutating func string(_ text: String) { JSONEscape.write(text, into: &bytes) }

  mutating func hexDigits(_ number: UInt64, count: Int) {
    for place in (0..<count).reversed() {
      let digit = UInt8(number >> UInt64(place * 4) & 15)
      bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }

  /// A number where JSON has one, else text: `NaN`, `Infinity`, `-Infinity`, as OTLP and protobuf's JSON write them.
  mutating func double(_ number: Double) {
    if number.isFinite { raw("\(number)") } else { raw(number.isNaN ? "\"NaN\"" : number < 0 ? "\"-Infinity\"" : "\"Infinity\"") }
  }

  /// Microseconds to the nanosecond, as trace viewers count time.
  mutating func micros(_ nanos: Int64) {
    let (whole, part) = nanos.magnitude.quotientAndRemainder(dividingBy: 1_000)
    if nanos < 0 { raw("-") }
    raw(whole)
    guard part > 0 else { return }
    raw(".")
    raw(String(String(part + 1_000).dropFirst()))
  }

  /// What the text takes inside a JSON string, as `maxChars` counts: in Unicode scalars, an escape for what it takes.
  var answerLength: Int { ExportText.answerLength(bytes) }

  static func answerLength(_ bytes: [UInt8]) -> Int { bytes.withUnsafeBytes { JSONEscape.length(of: $0) } }
}

/// A text that takes pieces as long as they fit, with room kept for its end.
struct BoundedExport {
  private(set) var text: ExportText
  private var length: Int
  private let closing: ExportText
  private let budget: Int

  init(opening: ExportText = ExportText(), closing: ExportText = ExportText(), budget: Int) {
    (text, self.closing, self.budget) = (opening, closing, budget)
    length = opening.answerLength + closing.answerLength
  }

  /// Adds the piece; false where it does not fit, unless it must.
  mutating func take(_ piece: ExportText, isForced: Bool) -> Bool {
    let needed = piece.answerLength
    guard isForced || length + needed <= budget else { return false }
    length += needed
    text.raw(piece.bytes)
    return true
  }

  /// The whole text.
  var closed: ExportText {
    var whole = text
    whole.raw(closing.bytes)
    return whole
  }
}

// Exports are written directly as bytes: a document of a million spans is never built as a tree of values.

import JSON

/// The growing text of an export, mostly JSON.
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

  /// A number if JSON can represent it, otherwise text: `NaN`, `Infinity`, `-Infinity`, as in OTLP and protobuf's JSON.
  mutating func double(_ number: Double) {
    if number.isFinite { raw("\(number)") } else { raw(number.isNaN ? "\"NaN\"" : number < 0 ? "\"-Infinity\"" : "\"Infinity\"") }
  }

  /// Microseconds with three decimals, the unit of trace viewers.
  mutating func micros(_ nanos: Int64) {
    let (whole, part) = nanos.magnitude.quotientAndRemainder(dividingBy: 1_000)
    if nanos < 0 { raw("-") }
    raw(whole)
    guard part > 0 else { return }
    raw(".")
    raw(String(String(part + 1_000).dropFirst()))
  }

  /// The length of the text inside a JSON string, in the unit of `maxChars`: Unicode scalars, with each escape at its full length.
  var answerLength: Int { ExportText.answerLength(bytes) }

  static func answerLength(_ bytes: [UInt8]) -> Int { bytes.withUnsafeBytes { JSONEscape.length(of: $0) } }
}

/// A text that accepts parts while they fit, with room reserved for its end.
struct BoundedExport {
  private(set) var text: ExportText
  private var length: Int
  private let closing: ExportText
  private let budget: Int

  init(opening: ExportText = ExportText(), closing: ExportText = ExportText(), budget: Int) {
    (text, self.closing, self.budget) = (opening, closing, budget)
    length = opening.answerLength + closing.answerLength
  }

  /// Adds a part. Returns false if it does not fit, unless it is forced.
  mutating func take(_ piece: ExportText, isForced: Bool) -> Bool {
    let needed = piece.answerLength
    guard isForced || length + needed <= budget else { return false }
    length += needed
    text.raw(piece.bytes)
    return true
  }

  /// The complete text with its end.
  var closed: ExportText {
    var whole = text
    whole.raw(closing.bytes)
    return whole
  }
}

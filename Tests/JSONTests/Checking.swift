// How the tables of this folder are checked: one helper per question, each of which prints the text, the expectation and the result.

import JSON
import Testing

/// The result of parsing a text, in a form for tables.
enum Parsed: Equatable, CustomStringConvertible {
  case value(JSONValue)
  case error(JSONError)

  init(_ text: [UInt8], limits: JSONLimits = JSONLimits(), repair: JSONRepair.Policy = .numbersAndNUL) {
    self = text.withUnsafeBytes { bytes in
      do throws(JSONError) {
        return .value(try JSONValue(parsing: bytes, limits: limits, repair: repair))
      } catch {
        return .error(error)
      }
    }
  }

  var description: String {
    switch self {
    case .value(let value): "\(value)"
    case .error(let error): "error: \(error)"
    }
  }
}

/// The text means this value.
func check(
  _ text: String, means expected: JSONValue, repair: JSONRepair.Policy = .numbersAndNUL, at location: SourceLocation = #_sourceLocation
) {
  check(Array(text.utf8), gives: .value(expected), repair: repair, at: location)
}

func check(
  _ text: [UInt8], gives expected: Parsed, limits: JSONLimits = JSONLimits(), repair: JSONRepair.Policy = .numbersAndNUL,
  at location: SourceLocation = #_sourceLocation
) {
  let got = Parsed(text, limits: limits, repair: repair)
  #expect(got == expected, "\(excerpt(text))\n  expected \(expected)\n  got      \(got)", sourceLocation: location)
}

/// The text is rejected at this offset; the wording of the error belongs to jansson.
func check(
  _ text: [UInt8], isRefusedAt offset: Int, limits: JSONLimits = JSONLimits(), repair: JSONRepair.Policy = .numbersAndNUL,
  at location: SourceLocation = #_sourceLocation
) {
  let got = Parsed(text, limits: limits, repair: repair)
  guard case .error(let error) = got else {
    Issue.record("\(excerpt(text))\n  expected an error at byte \(offset)\n  got      \(got)", sourceLocation: location)
    return
  }
  #expect(error.offset == offset, "\(excerpt(text))\n  expected an error at byte \(offset)\n  got      \(got)", sourceLocation: location)
}

func check(
  _ text: String, isRefusedAt offset: Int, repair: JSONRepair.Policy = .numbersAndNUL, at location: SourceLocation = #_sourceLocation
) {
  check(Array(text.utf8), isRefusedAt: offset, repair: repair, at: location)
}

/// The value is written like this.
func check(_ value: JSONValue, isWritten expected: String, at location: SourceLocation = #_sourceLocation) {
  let got = value.serializedString
  #expect(got.utf8.elementsEqual(expected.utf8), "\(value)\n  expected \(expected)\n  got      \(got)", sourceLocation: location)
}

private func excerpt(_ text: [UInt8]) -> String {
  text.count > 200 ? "\(text.count) bytes" : String(decoding: text, as: UTF8.self).debugDescription
}

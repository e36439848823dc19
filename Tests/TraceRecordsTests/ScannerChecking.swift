// How the scanner is compared with jansson's path: single lines, unusual tokens in every place, seeded mutants.

import Foundation
import Testing

@testable import TraceRecords

enum ScannerMutants {
  /// Set by `TRACE_DISTILLER_MUTANTS`; `scripts/fuzz` uses a million.
  static let count = ProcessInfo.processInfo.environment["TRACE_DISTILLER_MUTANTS"].flatMap { Int($0) } ?? 200_000
}

/// Checks that every line agrees. Returns how many the scanner left to the reference decoder.
@discardableResult
func checkAgreement(_ lines: some Sequence<[UInt8]>, _ agreement: inout ScannerAgreement, at location: SourceLocation = #_sourceLocation)
  -> Int
{
  var left = 0
  for line in lines {
    switch agreement.check(line) {
    case .left: left += 1
    case .taken: break
    case .disagreed(let how):
      Issue.record("\(String(decoding: line.prefix(1_000), as: UTF8.self).debugDescription)\n  \(how)", sourceLocation: location)
    }
  }
  return left
}

func checkScanned(_ line: String, isTaken: Bool, at location: SourceLocation = #_sourceLocation) {
  var agreement = ScannerAgreement()
  let left = checkAgreement([Array(line.utf8)], &agreement, at: location)
  #expect(left == (isTaken ? 0 : 1), "\(line)\n  expected to be \(isTaken ? "taken" : "left")", sourceLocation: location)
}

/// Every unusual token in the place of every `@`, also with blanks around it.
func checkCorners(_ places: [String], at location: SourceLocation = #_sourceLocation) {
  var agreement = ScannerAgreement()
  for place in places {
    let pieces = place.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    for token in cornerTokens {
      for line in [token, [0x20] + token + [0x09]].map({ Array(pieces.joined(separator: $0)) }) where !line.contains(0x0A) {
        checkAgreement([line], &agreement, at: location)
      }
    }
  }
}

/// Ten faults in eleven are placed at JSON tokens: a flipped bit in a name is found quickly, a duplicate member is not.
func checkMutants(of originals: [[UInt8]], count: Int, seed: UInt64, at location: SourceLocation = #_sourceLocation) {
  var random = SplitMix64(seed: seed &+ 0x5CA9)
  var agreement = ScannerAgreement()
  var taken = 0
  for number in 0..<count {
    // A scanner that has just learned the shapes of the originals: otherwise those of mutants would replace them.
    if number % 500 == 0 {
      agreement = ScannerAgreement()
      checkAgreement(originals, &agreement, at: location)
    }
    let line = mutant(of: originals, most: 2, isJSON: number % 11 != 0, &random)
    guard !line.contains(0x0A) else { continue }
    taken += 1 - checkAgreement([line], &agreement, at: location)
  }
  // A scanner that accepts nothing would always agree.
  #expect(taken > count / 50, "only \(taken) of \(count) mutants were taken", sourceLocation: location)
}

private let cornerTokens: [[UInt8]] =
  [
    "0", "-0", "-", "00", "1.", ".1", "1.0", "-0.0", "1e", "1e+", "1E5", "1e-400", "1e400", "2.5e-324", "1.7976931348623157e308", "0.1",
    "0.3",
    "123456789012345678901234567890", "0.12345678901234567890123", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "-9223372036854775809", "9007199254740993", "9007199254740993.0", "1e22", "1e23", "true", "True", "nul", "nullx", "NaN", "Infinity",
    #""""#, #""\"""#, #""\/\b\f\n\r\t\\""#, #""\u0000""#, #""\u00""#, #""\uD83D\uDE00""#, #""\uD83D""#, #""\uDE00\uD83D""#,
    #""\ud83dx""#, #""\q""#,
    "\"\u{80}\u{7FF}\u{800}\u{10000}\u{10FFFF}\"", "\"a\tb\"", "\"\u{7F}\"",
    "\"" + String(repeating: "é", count: 40) + "\"",
    "\"" + String(repeating: "a", count: 31) + "\"", "\"" + String(repeating: "a", count: 32) + "\"",
    "\"" + String(repeating: "a", count: 64) + "\"",
    "{}", "{ }", "[]", "[ ]", "[,]", "[1,]", "{\"a\":1,}", "{\"a\"}", "{1:1}", "[1 2]", "{\"a\":1 \"b\":2}",
    "[\"\\u0041\",\"\\/\",\"\\n\"]", "[-0,0,1]",
    "{\"a\":{\"a\":{\"a\":1}}}", "{\"\":1}", "{\"a\":1,\"b\":2,\"a\":3}", "[[],{},null,true,false]", "\"", "'a'", "/**/1", "1//", "",
  ].map { Array($0.utf8) } + [
    [0x22, 0x80, 0x22], [0x22, 0xEF, 0xB7, 0x90, 0x22], [0x22, 0xEF, 0xBF, 0xBF, 0x22], [0x22, 0xC1, 0xBF, 0x22],
    [0x22, 0xE0, 0x9F, 0xBF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
    [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
    [0x22, 0xF8, 0x88, 0x80, 0x80, 0x80, 0x22], [0x22, 0xC3], [0x22, 0xC3, 0x22], [0x22, 0, 0x22], [0x22, 0x0A, 0x22],
    [0x22, 0xFF, 0x22],
  ]

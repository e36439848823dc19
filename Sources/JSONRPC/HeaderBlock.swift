// The headers before one message, read line by line, and the length of the body that they give.

/// The headers read so far. The first error is kept.
struct HeaderBlock: Sendable {
  private(set) var byteCount = 0
  private var length: Length?
  private var failure: FramingFailure?

  private enum Length: Sendable, Equatable {
    case bytes(Int)
    /// A number too large for Int.
    case beyondCounting
  }

  enum Outcome: Equatable {
    case body(Int)
    /// The body is too large, but its end is known.
    case skip(Int, FramingFailure)
    /// The body is empty: there is nothing to skip.
    case nothing(FramingFailure)
    /// The start of the next message is not known.
    case lost(FramingFailure)
  }

  /// Adds one line without its line end. Returns false if the line is not a header.
  mutating func add(_ line: [UInt8], byteCount lineBytes: Int) -> Bool {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, line[..<colon].allSatisfy(\.isHeaderName) else { return false }
    byteCount += lineBytes
    // Content-Type and other headers are ignored: JSON is always UTF-8.
    if HeaderBlock.isContentLength(line[..<colon]) { add(contentLength: line[(colon + 1)...]) }
    return true
  }

  /// The result of the headers, once the blank line was read.
  func outcome(_ limits: FramingLimits) -> Outcome {
    if let failure { return .lost(failure) }
    switch length {
    case nil: return .lost(.missingContentLength)
    case .bytes(0): return .nothing(.emptyBody)
    case .bytes(let count) where count <= limits.maxMessageBytes: return .body(count)
    case .bytes(let count) where count <= limits.maxSkippedBodyBytes:
      return .skip(count, .messageTooLong(limit: limits.maxMessageBytes))
    case .bytes, .beyondCounting: return .lost(.messageTooLong(limit: limits.maxMessageBytes))
    }
  }

  /// In lower case, because header names are compared without case.
  static let contentLength = Array("content-length".utf8)

  static func isContentLength(_ name: some Collection<UInt8>) -> Bool {
    name.count == contentLength.count && name.elementsEqual(contentLength) { $0.lowercased == $1 }
  }

  private mutating func add(contentLength value: ArraySlice<UInt8>) {
    let digits = value.trimmingBlanks
    guard let parsed = HeaderBlock.parse(digits) else {
      if failure == nil { failure = .badContentLength(String(decoding: digits.prefix(200), as: UTF8.self)) }
      return
    }
    if let length, length != parsed, failure == nil { failure = .conflictingContentLengths }
    length = parsed
  }

  private static func parse(_ digits: ArraySlice<UInt8>) -> Length? {
    guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else { return nil }
    var total = 0
    for digit in digits {
      let (tenfold, overflowed) = total.multipliedReportingOverflow(by: 10)
      let (sum, carried) = tenfold.addingReportingOverflow(Int(digit - 0x30))
      if overflowed || carried { return .beyondCounting }
      total = sum
    }
    return .bytes(total)
  }
}

extension ArraySlice<UInt8> {
  var trimmingBlanks: ArraySlice<UInt8> {
    guard let first = firstIndex(where: { !$0.isBlank }), let last = lastIndex(where: { !$0.isBlank }) else { return [] }
    return self[first...last]
  }
}

extension UInt8 {
  var isHeaderName: Bool { isLetter || isDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: "_") }
  var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

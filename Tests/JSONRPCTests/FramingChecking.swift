// How framing is checked: every stream is cut in two at every byte, and into single bytes, and must always give the same messages.

import Foundation
import JSONRPC
import Testing

extension FramedMessage {
  static func text(_ text: String) -> FramedMessage { .message(Array(text.utf8)) }
}

/// The messages of a stream that arrives in these chunks.
func frames(of pieces: [ArraySlice<UInt8>], limits: FramingLimits) -> [FramedMessage] {
  var framer = MessageFramer(limits: limits)
  var found: [FramedMessage] = []
  for piece in pieces {
    piece.withUnsafeBytes { framer.append(bytes: $0) }
    while let framed = framer.next() { found.append(framed) }
  }
  if let last = framer.finish() { found.append(last) }
  return found
}

func check(
  _ text: String, gives expected: [FramedMessage], limits: FramingLimits = FramingLimits(), at location: SourceLocation = #_sourceLocation
) {
  check(Array(text.utf8), gives: expected, limits: limits, at: location)
}

func check(
  _ bytes: [UInt8], gives expected: [FramedMessage], limits: FramingLimits = FramingLimits(),
  at location: SourceLocation = #_sourceLocation
) {
  for cut in 0...bytes.count {
    expect(frames(of: [bytes[..<cut], bytes[cut...]], limits: limits), expected, bytes, "cut at \(cut)", location)
  }
  expect(frames(of: bytes.indices.map { bytes[$0...$0] }, limits: limits), expected, bytes, "cut everywhere", location)
}

private func expect(
  _ got: [FramedMessage], _ expected: [FramedMessage], _ bytes: [UInt8], _ cut: String, _ location: SourceLocation
) {
  guard got != expected else { return }
  Issue.record(
    """
    \(String(decoding: bytes, as: UTF8.self).debugDescription), \(cut)
      expected \(expected.map(describe).joined(separator: " | "))
      got      \(got.map(describe).joined(separator: " | "))
    """, sourceLocation: location)
}

private func describe(_ framed: FramedMessage) -> String {
  switch framed {
  case .message(let bytes): String(decoding: bytes, as: UTF8.self).debugDescription
  case .failure(let failure): "failure: \(failure)"
  }
}

/// The processor time of this thread: other tests that run meanwhile do not count.
func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

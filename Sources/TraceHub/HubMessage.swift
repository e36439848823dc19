// What a door has to know of a hub's message. Answers begin in one way, so that their ids are found without reading the rest.

import JSON
import JSONRPC

enum HubMessage: Equatable {
  /// The id's text; nil for null and where there is none. `isError` where it is no result.
  case answer(id: [UInt8]?, isError: Bool)
  case batchAnswer
  /// For the door itself: `hub/…`.
  case own(method: String)
  /// For the client alone.
  case other

  private static let beginning = Array(#"{"jsonrpc":"2.0","id":"#.utf8)
  private static let unnamed = Array(#"{"jsonrpc":"2.0","error":"#.utf8)

  init(_ text: [UInt8]) {
    guard text.first != UInt8(ascii: "[") else {
      self = .batchAnswer
      return
    }
    if text.starts(with: Self.unnamed) {
      self = .answer(id: nil, isError: true)
      return
    }
    if text.starts(with: Self.beginning) {
      let found = text.withUnsafeBytes { bytes -> (Range<Int>, UInt8)? in
        guard let id = MemberScan.scalar(after: Self.beginning.count, in: bytes) else { return nil }
        // ,"result" · ,"error" · ,"method"
        return id.upperBound + 2 < bytes.count ? (id, bytes[id.upperBound + 2]) : nil
      }
      if let (id, letter) = found, letter == UInt8(ascii: "r") || letter == UInt8(ascii: "e") {
        let id = Array(text[id])
        self = .answer(id: id == Array("null".utf8) ? nil : id, isError: letter == UInt8(ascii: "e"))
        return
      }
      self = .other
      return
    }
    let method = text.withUnsafeBytes { MemberScan.text(ofMember: "method", in: $0) }
    guard let method, method.starts(with: #""hub/"#.utf8) else {
      self = .other
      return
    }
    self = .own(method: String(decoding: method.dropFirst().dropLast(), as: UTF8.self))
  }
}

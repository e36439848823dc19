// What numbers, true and false look like as text: they are written only for patterns that could be in them.

enum NumberText {
  /// Whether a text, in lower case, may be a part of one.
  static func mayHold(_ part: [UInt8]) -> Bool {
    let part = String(decoding: part, as: UTF8.self)
    return part.utf8.allSatisfy { "0123456789+-.e".utf8.contains($0) }
      || ["true", "false", "-inf", "+inf", "-nan"].contains { $0.contains(part) }
  }
}

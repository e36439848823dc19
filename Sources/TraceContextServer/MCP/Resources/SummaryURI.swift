// The address of a summary: trace://<id>/summary. The id is any name of a trace, percent-encoded.

struct SummaryURI: Sendable, Hashable {
  /// As the client wrote it: answers and notifications repeat this text.
  let text: String
  /// The id, handle or selector.
  let trace: String

  /// Nil if the text is not the address of a summary.
  init?(_ text: String) {
    let (scheme, path) = ("trace://", "/summary")
    guard text.utf8.starts(with: scheme.utf8), text.utf8.reversed().starts(with: path.utf8.reversed()),
      text.utf8.count > scheme.utf8.count + path.utf8.count
    else { return nil }
    let name = Array(text.utf8.dropFirst(scheme.utf8.count).dropLast(path.utf8.count))
    guard let decoded = Self.decoded(name) else { return nil }
    self.text = text
    trace = decoded
  }

  init(trace: String) {
    self.trace = trace
    text = "trace://\(Self.encoded(trace))/summary"
  }

  private static func encoded(_ name: String) -> String {
    var text = ""
    for byte in name.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
      }
    }
    return text
  }

  /// Nil if a percent sign is not followed by two hex digits, or the bytes are not UTF-8.
  private static func decoded(_ name: [UInt8]) -> String? {
    var bytes: [UInt8] = []
    var index = 0
    while index < name.count {
      guard name[index] == UInt8(ascii: "%") else {
        bytes.append(name[index])
        index += 1
        continue
      }
      guard index + 2 < name.count, let byte = UInt8(String(decoding: name[index + 1...index + 2], as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(byte)
      index += 3
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

// From JSONValue to bytes: a jansson tree is built and dumped, so that escaping and syntax are jansson's.

import CJansson

extension JSONValue {
  /// The value as compact JSON in one line: members in their order, non-ASCII as itself, `/` unescaped.
  ///
  /// Numbers come out as the shortest text that reads back as the same Double wherever 15 digits suffice for the whole document;
  /// a document that holds a number of 16 or 17 digits is written with that precision throughout. NaN and infinities become null,
  /// a `.bigNumber` a string: JSON itself has no limit there, jansson has.
  package var serialized: [UInt8] {
    guard let tree = tree() else { return Array("null".utf8) }
    defer { json_decref(tree) }
    let flags = Flags.compact | Flags.encodeAny | Flags.realPrecision(precision)
    // A guess that is nearly always enough saves jansson a second pass.
    var capacity = estimatedBytes + 64
    while true {
      var size = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        size = buffer.withMemoryRebound(to: CChar.self) { json_dumpb(tree, $0.baseAddress, $0.count, flags) }
        count = min(size, capacity)
      }
      if size <= capacity { return bytes }
      capacity = size
    }
  }

  /// About how long the text will be: an eighth more than its strings, for escapes, and room for numbers and punctuation.
  private var estimatedBytes: Int {
    switch self {
    case .null, .bool: 6
    case .integer, .number: 24
    case .string(let text), .bigNumber(let text): text.utf8.count + text.utf8.count / 8 + 8
    case .array(let elements): elements.reduce(2) { $0 + $1.estimatedBytes + 1 }
    case .object(let object): object.members.reduce(2) { $0 + $1.key.utf8.count + $1.value.estimatedBytes + 6 }
    }
  }

  /// `serialized` as text.
  package var serializedString: String { String(decoding: serialized, as: UTF8.self) }

  /// jansson's encoding flags; its macros are casts that Swift does not import.
  private enum Flags {
    static let compact = 0x20
    static let encodeAny = 0x200
    static func realPrecision(_ digits: Int) -> Int { (digits & 0x1F) << 11 }
  }

  /// A new reference, or nil for what JSON cannot say.
  private func tree() -> UnsafeMutablePointer<json_t>? {
    switch self {
    case .null: return json_null()
    case .bool(let value): return value ? json_true() : json_false()
    case .integer(let value): return json_integer(json_int_t(value))
    case .number(let value): return json_real(value) ?? json_null()
    case .bigNumber(let text), .string(let text): return Self.string(text)
    case .array(let elements):
      let array = json_array()
      for element in elements { json_array_append_new(array, element.tree()) }
      return array
    case .object(let object):
      let tree = json_object()
      for (key, value) in object.members {
        var key = key
        key.withUTF8 { bytes in
          _ = bytes.withMemoryRebound(to: CChar.self) { chars in
            // An empty buffer may have no address, and jansson takes no null key.
            if let base = chars.baseAddress {
              json_object_setn_new_nocheck(tree, base, chars.count, value.tree())
            } else {
              json_object_setn_new_nocheck(tree, "", 0, value.tree())
            }
          }
        }
      }
      return tree
    }
  }

  private static func string(_ text: String) -> UnsafeMutablePointer<json_t>? {
    var text = text
    return text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { chars in
        guard let base = chars.baseAddress else { return json_stringn_nocheck("", 0) }
        return json_stringn_nocheck(base, chars.count)
      }
    }
  }

  /// The digits that the number in the document which needs most of them needs, at least 15.
  private var precision: Int {
    switch self {
    case .number(let value): Self.significantDigits(of: value)
    case .array(let elements): elements.reduce(15) { max($0, $1.precision) }
    case .object(let object): object.members.reduce(15) { max($0, $1.value.precision) }
    default: 15
    }
  }

  /// Swift's description is the shortest text that reads back as the same value.
  private static func significantDigits(of value: Double) -> Int {
    let mantissa = value.description.utf8.prefix { $0 != UInt8(ascii: "e") }.filter { (0x30...0x39).contains($0) }
    let digits = mantissa.drop { $0 == 0x30 }.reversed().drop { $0 == 0x30 }.count
    return min(17, max(15, digits))
  }
}

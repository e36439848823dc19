// Replaces the id in a format that has none: a span's name and fields as numbers that are cheap to store and compare.

import JSON

/// The name and fields of one span of Rust's `tracing`. Fields that are recorded later are added: see `grew(from:)`.
struct RustSpanIdentity: Equatable, Sendable {
  /// Fields above this number count as one.
  static let maxFields = 64

  private(set) var name: UInt64 = 0
  /// One number per field, ascending.
  private(set) var fields: [UInt64] = []
  private(set) var hash: UInt64 = 0

  /// From an element of `spans`. If a field is also named `name`, the tree contains only the last one, which is the span's own name.
  init(_ span: ValueNode, repairs: JSONRepair.Findings) {
    span.forEachMember { key, value in
      let field = RustSpanIdentity.field(key, value, repairs)
      if key.equals("name") {
        name = field
      } else if fields.count < RustSpanIdentity.maxFields {
        fields.append(field)
      } else {
        fields[fields.count - 1] = FieldHash(continuing: fields[fields.count - 1], field).value
      }
    }
    fields.sort()
    hash = fields.reduce(name) { FieldHash(continuing: $0, $1).value }
  }

  /// The number of one field, used to recognise new fields.
  static func field(_ key: UnsafeRawBufferPointer, _ value: ValueNode, _ repairs: JSONRepair.Findings) -> UInt64 {
    var hash = FieldHash()
    hash.add(key)
    switch value.kind {
    case .string: hash.add(value.text!)
    case .integer: hash.add(UInt64(bitPattern: value.integer!))
    default: value.withCompactText(undoing: repairs) { hash.add($0) }
    }
    return hash.value
  }

  /// Whether this is the same span after more of its fields were recorded.
  func grew(from earlier: RustSpanIdentity) -> Bool {
    guard name == earlier.name, earlier.fields.count < fields.count else { return false }
    var mine = fields.makeIterator()
    search: for field in earlier.fields {
      while let candidate = mine.next(), candidate <= field {
        if candidate == field { continue search }
      }
      return false
    }
    return true
  }
}

/// FNV-1a: the same in every process, so that the same stream gives the same answers.
struct FieldHash {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  init() {}

  init(continuing value: UInt64, _ next: UInt64) {
    self.value = value
    add(next)
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    // An end mark, so that `ab` and `c` differ from `a` and `bc`.
    value = (value ^ 0xFF) &* 0x100_0000_01b3
  }

  mutating func add(_ number: UInt64) {
    var number = number
    for _ in 0..<8 {
      value = (value ^ (number & 0xFF)) &* 0x100_0000_01b3
      number >>= 8
    }
  }
}

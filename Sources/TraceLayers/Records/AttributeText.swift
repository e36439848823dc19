// Attributes and metadata as members of JSON objects, sorted by name: equal values give equal bytes.

import Logging
package import Tracing

extension SpanAttributes {
  /// The attributes sorted by name.
  package var sortedMembers: [(key: String, value: SpanAttribute)] {
    var members: [(key: String, value: SpanAttribute)] = []
    members.reserveCapacity(count)
    // SpanAttributes is not a Sequence.
    // swift-format-ignore: ReplaceForEachWithForLoop
    forEach { members.append(($0, $1)) }
    if members.count > 1 { members.sort { $0.key < $1.key } }
    return members
  }
}

extension JSONText {
  /// Writes the attributes as one object.
  mutating func object(_ attributes: SpanAttributes) {
    byte(UInt8(ascii: "{"))
    for (index, member) in attributes.sortedMembers.enumerated() {
      if index > 0 { byte(UInt8(ascii: ",")) }
      name(member.key)
      value(member.value)
    }
    byte(UInt8(ascii: "}"))
  }

  mutating func value(_ attribute: SpanAttribute) {
    switch attribute {
    case .int32(let number): integer(Int64(number))
    case .int64(let number): integer(number)
    case .double(let number): double(number)
    case .bool(let flag): bool(flag)
    case .string(let text): string(text)
    case .stringConvertible(let value): typed(value)
    case .int32Array(let values): array(values) { $0.integer(Int64($1)) }
    case .int64Array(let values): array(values) { $0.integer($1) }
    case .doubleArray(let values): array(values) { $0.double($1) }
    case .boolArray(let values): array(values) { $0.bool($1) }
    case .stringArray(let values): array(values) { $0.string($1) }
    case .stringConvertibleArray(let values): array(values) { $0.typed($1) }
    default: string("\(attribute)")
    }
  }

  mutating func array<Element>(_ values: [Element], _ write: (inout JSONText, Element) -> Void) {
    byte(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { byte(UInt8(ascii: ",")) }
      write(&self, value)
    }
    byte(UInt8(ascii: "]"))
  }

  /// Numbers and booleans keep their type: swift-distributed-tracing passes an array of Int as an array of CustomStringConvertible.
  private mutating func typed(_ value: any CustomStringConvertible) {
    switch value {
    case let number as Int: integer(Int64(number))
    case let number as Int64: integer(number)
    case let number as Int32: integer(Int64(number))
    case let number as Double: double(number)
    case let flag as Bool: bool(flag)
    default: string(value.description)
    }
  }

  /// Writes the metadata as one object.
  mutating func object(_ metadata: Logger.Metadata, depth: Int = 0) {
    byte(UInt8(ascii: "{"))
    var isFirst = true
    for (key, member) in metadata.sorted(by: { $0.key < $1.key }) {
      if !isFirst { byte(UInt8(ascii: ",")) }
      isFirst = false
      name(key)
      value(member, depth: depth)
    }
    byte(UInt8(ascii: "}"))
  }

  /// Deeper metadata is written as its description: readers limit the depth, and the recursion here must be limited too.
  private static let maxDepth = 16

  mutating func value(_ value: Logger.MetadataValue, depth: Int = 0) {
    switch value {
    case .string(let text): string(text)
    case .stringConvertible(let value): typed(value)
    case .array(let values) where depth < JSONText.maxDepth: array(values) { $0.value($1, depth: depth + 1) }
    case .dictionary(let members) where depth < JSONText.maxDepth: object(members, depth: depth + 1)
    case .array, .dictionary: string("…")
    }
  }
}

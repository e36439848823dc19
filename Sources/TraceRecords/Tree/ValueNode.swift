// One JSON value as decoders of foreign formats use it, from either parser: jansson, which handles every text, or our scanner, which reads
// the usual ones.

import CJansson
import JSON

/// A value in a tree, borrowed from it: valid as long as the tree.
struct ValueNode: Equatable {
  enum Kind: UInt8, BitwiseCopyable { case null, isTrue, isFalse, integer, real, string, array, object }

  /// The address of jansson's node; if its lowest bit is set, that of the scanner's node.
  private let address: UInt

  init(_ node: JanssonNode) { address = UInt(bitPattern: node) }
  init(_ node: UnsafePointer<ScannedNode>) { address = UInt(bitPattern: node) | 1 }

  /// The node if jansson parsed the value; nil if the scanner did.
  @inline(__always)
  var jansson: JanssonNode? { address & 1 == 0 ? JanssonNode(bitPattern: address) : nil }

  @inline(__always)
  private var scanned: UnsafePointer<ScannedNode> { UnsafePointer(bitPattern: address & ~1)! }

  var kind: Kind {
    guard let node = jansson else { return scanned.pointee.kind }
    return switch node.pointee.type {
    case JSON_NULL: .null
    case JSON_TRUE: .isTrue
    case JSON_FALSE: .isFalse
    case JSON_INTEGER: .integer
    case JSON_REAL: .real
    case JSON_STRING: .string
    case JSON_ARRAY: .array
    default: .object
    }
  }

  var isObject: Bool { kind == .object }
  var isArray: Bool { kind == .array }
  var isNull: Bool { kind == .null }

  /// A string's bytes.
  var text: UnsafeRawBufferPointer? {
    if let node = jansson { return node.text }
    return scanned.pointee.kind == .string ? scanned.pointee.bytes : nil
  }

  var integer: Int64? {
    if let node = jansson { return node.integer }
    return scanned.pointee.kind == .integer ? Int64(bitPattern: scanned.pointee.bits) : nil
  }

  /// A number, whole or not.
  var double: Double? {
    if let node = jansson { return node.double }
    switch scanned.pointee.kind {
    case .integer: return Double(Int64(bitPattern: scanned.pointee.bits))
    case .real: return scanned.pointee.real
    default: return nil
    }
  }

  /// A real's original digits; nil for other values, and if jansson parsed it.
  var realText: UnsafeRawBufferPointer? {
    guard jansson == nil, scanned.pointee.kind == .real else { return nil }
    return scanned.pointee.bytes
  }

  /// The number of an array's elements or an object's members; 0 for other values.
  var count: Int {
    if let node = jansson { return json_array_size(node) + json_object_size(node) }
    return kind == .array || kind == .object ? Int(scanned.pointee.count) : 0
  }

  /// The first element of an array.
  var first: ValueNode? {
    if let node = jansson { return json_array_get(node, 0).map { ValueNode($0) } }
    return kind == .array && scanned.pointee.count > 0 ? ValueNode(scanned + 1) : nil
  }

  /// An element of an array by index; nil for other values and beyond the end.
  func element(_ place: Int) -> ValueNode? {
    if let node = jansson { return json_array_get(node, place).map { ValueNode($0) } }
    var (found, at): (ValueNode?, Int) = (nil, 0)
    forEachElement { element in
      if at == place { found = element }
      at += 1
    }
    return found
  }

  /// Whether one of the first elements of an array satisfies the predicate.
  func contains(inFirst number: Int, where isSuch: (ValueNode) -> Bool) -> Bool {
    var (index, isFound) = (0, false)
    forEachElement { element in
      if index < number, !isFound { isFound = isSuch(element) }
      index += 1
    }
    return isFound
  }

  /// Visits the elements of an array; does nothing for other values.
  @inline(__always)
  func forEachElement(_ body: (ValueNode) -> Void) {
    guard let node = jansson else {
      guard kind == .array else { return }
      var at = scanned + 1
      for _ in 0..<scanned.pointee.count {
        body(ValueNode(at))
        at += Int(at.pointee.extent)
      }
      return
    }
    node.forEachElement { body(ValueNode($0)) }
  }

  /// Visits the members of an object, each once, with the bytes of their names; does nothing for other values.
  @inline(__always)
  func forEachMember(_ body: (UnsafeRawBufferPointer, ValueNode) -> Void) {
    guard let node = jansson else {
      guard kind == .object else { return }
      var at = scanned + 1
      for _ in 0..<scanned.pointee.count {
        body(at.pointee.bytes, ValueNode(at + 1))
        at += 1 + Int(at[1].extent)
      }
      return
    }
    node.forEachMember { body($0, ValueNode($1)) }
  }

  /// The member with that name; nil for other values.
  func member(_ name: StaticString) -> ValueNode? {
    if let node = jansson { return node.member(name).map { ValueNode($0) } }
    return member(named: UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
  }

  /// The member with that name; nil for other values and without a name.
  /// - Complexity: O(members) if the scanner parsed the value.
  func member(named name: UnsafeRawBufferPointer?) -> ValueNode? {
    guard isObject, let name, let base = name.baseAddress else { return nil }
    guard let node = jansson else {
      var at = scanned + 1
      for _ in 0..<scanned.pointee.count {
        if at.pointee.bytes.elementsEqual(name) { return ValueNode(at + 1) }
        at += 1 + Int(at[1].extent)
      }
      return nil
    }
    return json_object_getn(node, base.assumingMemoryBound(to: CChar.self), name.count).map { ValueNode($0) }
  }

  /// The value as compact JSON, for attribute values that are arrays or objects; repaired parts are in their original form.
  func withCompactText<Result>(undoing repairs: JSONRepair.Findings, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    if let node = jansson { return node.withCompactText(undoing: repairs, body) }
    var text = CompactText()
    text.append(scanned)
    return text.bytes.withUnsafeBytes(body)
  }

  /// The beginning of the value, for messages.
  func beginning(_ repairs: JSONRepair.Findings) -> String {
    withCompactText(undoing: repairs) { String(decoding: $0.prefix(60), as: UTF8.self) }
  }

  /// The names at the top level of an unknown value, so that a person can recognise the program that writes here.
  var described: String {
    guard isObject else { return "a JSON value that is no object" }
    var names: [String] = []
    forEachMember { key, _ in if names.count < 6 { names.append(String(decoding: key.prefix(40), as: UTF8.self)) } }
    guard !names.isEmpty else { return "an empty object" }
    let nearest = NearestFormat.of(self).map { "; " + $0 } ?? ""
    return "an object with " + names.joined(separator: ", ") + nearest
  }
}

// Converts attribute values that are stored as JSON back to OTLP's form: the inverse of `OTLPValues`. It is in this module because it
// parses JSON.

import CJansson
import JSON

package enum OTLPValueText {
  /// Deeper values become their JSON text: one level of ours takes three levels of OTLP, and readers limit the depth.
  private static let maxDepth = 64

  /// The AnyValue for compact JSON; nil if the text cannot be converted: invalid JSON, numbers beyond 64 bits, NUL in a name.
  package static func anyValue(ofJSON text: String) -> [UInt8]? {
    withTree(text) { root in
      var bytes: [UInt8] = []
      append(root, depth: 0, to: &bytes)
      return bytes
    }
  }

  /// Whether the text is JSON that can be inserted into a JSON document unchanged.
  package static func isJSON(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard let tree = try? JanssonTree(parsing: UnsafeRawBufferPointer(bytes)) else { return false }
      return !tree.repairs.contains(.loneSurrogate)
    }
  }

  package struct Link: Sendable {
    package var traceID: String
    package var spanID: String
    /// KeyValues, separated by commas.
    package var attributes: [UInt8]
  }

  /// Links that OTLP can hold without loss; nil if they do not have the form of native records.
  package static func links(ofJSON text: String) -> [Link]? {
    withTree(text) { root in
      guard root.pointee.type == JSON_ARRAY else { return nil }
      var links: [Link] = []
      for index in 0..<json_array_size(root) {
        guard let link = json_array_get(root, index), let read = self.link(link) else { return nil }
        links.append(read)
      }
      return links
    }
  }

  private static func link(_ node: JanssonNode) -> Link? {
    var names: [String] = []
    guard node.isObject else { return nil }
    node.forEachMember { key, _ in names.append(String(decoding: key, as: UTF8.self)) }
    guard names == ["trace_id", "span_id"] || names == ["trace_id", "span_id", "attributes"],
      let traceID = node.member("trace_id")?.text, let spanID = node.member("span_id")?.text, !traceID.isEmpty, !spanID.isEmpty
    else { return nil }
    var bytes: [UInt8] = []
    if let attributes = node.member("attributes") {
      guard attributes.isObject, json_object_size(attributes) > 0 else { return nil }
      appendMembers(of: attributes, depth: 0, to: &bytes)
    }
    return Link(traceID: String(decoding: traceID, as: UTF8.self), spanID: String(decoding: spanID, as: UTF8.self), attributes: bytes)
  }

  private static func withTree<Result>(_ text: String, _ body: (JanssonNode) -> Result?) -> Result? {
    var text = text
    return text.withUTF8 { bytes in
      guard let tree = try? JanssonTree(parsing: UnsafeRawBufferPointer(bytes)), tree.repairs.isEmpty else { return nil }
      return body(tree.root)
    }
  }

  /// Recursion over one value, bounded by `maxDepth`.
  private static func append(_ node: JanssonNode, depth: Int, to bytes: inout [UInt8]) {
    switch node.pointee.type {
    case JSON_STRING: appendWrapped("stringValue", node, &bytes)
    case JSON_INTEGER: bytes += Array("{\"intValue\":\"\(json_integer_value(node))\"}".utf8)
    case JSON_REAL: appendWrapped("doubleValue", node, &bytes)
    case JSON_TRUE: bytes += Array("{\"boolValue\":true}".utf8)
    case JSON_FALSE: bytes += Array("{\"boolValue\":false}".utf8)
    case JSON_ARRAY where depth < maxDepth:
      bytes += Array("{\"arrayValue\":{\"values\":[".utf8)
      for index in 0..<json_array_size(node) {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        if let element = json_array_get(node, index) { append(element, depth: depth + 1, to: &bytes) }
      }
      bytes += Array("]}}".utf8)
    case JSON_OBJECT where depth < maxDepth:
      bytes += Array("{\"kvlistValue\":{\"values\":[".utf8)
      appendMembers(of: node, depth: depth, to: &bytes)
      bytes += Array("]}}".utf8)
    case JSON_ARRAY, JSON_OBJECT:
      guard
        let text = node.withCompactText(undoing: [], { bytes in json_stringn(bytes.bindMemory(to: CChar.self).baseAddress, bytes.count) })
      else {
        bytes += Array("{}".utf8)
        return
      }
      appendWrapped("stringValue", text, &bytes)
      json_decref(text)
    default: bytes += Array("{}".utf8)
    }
  }

  private static func appendMembers(of object: JanssonNode, depth: Int, to bytes: inout [UInt8]) {
    var isFirst = true
    object.forEachMember { key, value in
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      bytes += Array("{\"key\":".utf8)
      let name = json_stringn(key.bindMemory(to: CChar.self).baseAddress, key.count)
      name?.withCompactText(undoing: []) { bytes += Array($0) }
      json_decref(name)
      bytes += Array(",\"value\":".utf8)
      append(value, depth: depth + 1, to: &bytes)
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func appendWrapped(_ name: String, _ node: JanssonNode, _ bytes: inout [UInt8]) {
    bytes += Array("{\"\(name)\":".utf8)
    node.withCompactText(undoing: []) { bytes += Array($0) }
    bytes.append(UInt8(ascii: "}"))
  }
}

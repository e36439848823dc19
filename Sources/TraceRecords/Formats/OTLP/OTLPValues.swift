// OTLP's severities and lists of attributes in jansson's tree, in every spelling.

import CJansson
import JSON
import Platform

struct OTLPValues {
  let repairs: JSONRepair.Findings

  /// OpenTelemetry's 24 severities are six levels of four each; if there is no number, the text is used.
  static func severity(_ node: (some FieldValue)?, _ text: (some FieldValue)?) -> SeverityLevel {
    var number = node?.integer ?? 0
    if let name = node?.text {
      let digits = String(decoding: name, as: UTF8.self)
      number = Int64(digits) ?? 0
      // SEVERITY_NUMBER_WARN2
      if name.starts(with: Array("SEVERITY_NUMBER_".utf8)) {
        let level = name.dropFirst(16).prefix { !(0x30...0x39).contains($0) }
        return SeverityLevel(UnsafeRawBufferPointer(rebasing: level)) ?? .info
      }
    }
    switch number {
    case 1...4: return .trace
    case 5...8: return .debug
    case 9...12: return .info
    case 13...16: return .warn
    case 17...24: return .error
    default: return text?.text.flatMap { SeverityLevel($0) } ?? .info
    }
  }

  // MARK: Attributes

  /// Visits the attributes of a list, or the members of a plain object, which some producers write instead.
  /// - Returns: whether something has a shape that is not understood.
  @discardableResult
  func forEachAttribute(_ attributes: JanssonNode?, _ body: (UnsafeRawBufferPointer, OTLPTreeValue) -> Void) -> Bool {
    guard let attributes, !attributes.isNull else { return false }
    var isUnread = false
    switch attributes.pointee.type {
    case JSON_ARRAY:
      attributes.forEachElement { entry in
        guard let key = entry.member(OTLPName.key)?.text else {
          isUnread = true
          return
        }
        let value = OTLPTreeValue(entry.member(OTLPName.value), repairs)
        if value.isUnknown { isUnread = true }
        body(key, value)
      }
    case JSON_OBJECT: attributes.forEachMember { key, value in body(key, OTLPTreeValue(value, repairs)) }
    default: isUnread = true
    }
    return isUnread
  }

  /// Adds the attributes of a span.
  func addAttributes(_ attributes: JanssonNode?, _ marks: inout OTLPMarkValues, _ batch: inout RecordBatch) {
    if forEachAttribute(attributes, { marks.add(OTLPKey($0), $1, to: &batch) }) { marks.isUnread = true }
  }

  /// Adds those of an event or a log record.
  func addAttributes(_ attributes: JanssonNode?, _ marks: inout OTLPMarkValues, telling text: inout EventText, _ batch: inout RecordBatch) {
    if forEachAttribute(attributes, { marks.add(OTLPKey($0), $1, telling: &text, to: &batch) }) { marks.isUnread = true }
    marks.settle(&batch)
  }

  /// A list of keys and values as a JSON object.
  func object(_ list: JanssonNode?) -> JanssonNode? {
    let object = json_object()
    list?.forEachElement { entry in
      guard let key = entry.member(OTLPName.key), key.pointee.type == JSON_STRING, let value = entry.member(OTLPName.value) else { return }
      json_object_setn_new_nocheck(
        object, json_string_value(key), json_string_length(key), OTLPTreeValue(value, repairs).plain)
    }
    return object
  }
}

extension JanssonNode {
  /// The member of an object; nil for other values.
  @inline(__always)
  func member(_ name: StaticString) -> JanssonNode? {
    pointee.type == JSON_OBJECT
      ? name.utf8Start.withMemoryRebound(to: CChar.self, capacity: name.utf8CodeUnitCount) {
        json_object_getn(self, $0, name.utf8CodeUnitCount)
      } : nil
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always)
  func starts(with name: StaticString) -> Bool {
    count >= name.utf8CodeUnitCount && memcmp(baseAddress!, name.utf8Start, name.utf8CodeUnitCount) == 0
  }
}

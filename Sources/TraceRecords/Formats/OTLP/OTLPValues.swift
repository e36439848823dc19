// OTLP's scalars and AnyValue in every spelling: integers as strings or numbers, enums as numbers or names, arrays and maps as compact JSON.

import CJansson
import JSON
import Platform

struct OTLPValues {
  let repairs: JSONRepair.Findings

  /// OpenTelemetry's 24 severities are six levels of four; where there is no number, the text.
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

  // MARK: AnyValue

  private enum Shape { case text, integer, double, bool, array, map }

  /// The one member of an AnyValue that says what it is; nil for the empty value, which is OTLP's null, and for objects that are none.
  private func content(_ value: JanssonNode) -> (shape: Shape, node: JanssonNode)? {
    var content: (Shape, JanssonNode)?
    guard value.isObject else { return nil }
    value.forEachMember { key, node in
      switch OTLPName(key) {
      // Bytes stay as their base64.
      case .stringValue, .bytesValue: content = (.text, node)
      case .intValue: content = (.integer, node)
      case .doubleValue: content = (.double, node)
      case .boolValue: content = (.bool, node)
      case .arrayValue: content = (.array, node)
      case .kvlistValue: content = (.map, node)
      default: break
      }
    }
    return content
  }

  /// Whether an object has members, none of which says what value it is: its JSON is kept.
  private func isUnknown(_ value: JanssonNode) -> Bool { value.isObject && json_object_size(value) > 0 && content(value) == nil }

  /// The value as text: a string's own, anything else as JSON.
  func text(_ value: JanssonNode, _ batch: inout RecordBatch) -> TextRange {
    switch self.value(value, &batch) {
    case .string(let range), .json(let range): range
    case .integer(let number): batch.add(text: String(number))
    case .double(let number): batch.add(text: "\(number)")
    case .bool(let flag): batch.add(text: flag ? "true" : "false")
    }
  }

  func number(_ value: JanssonNode) -> Int64? {
    guard let (_, node) = content(value) else { return value.integer }
    return node.integer ?? node.text.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
  }

  private func bool(_ value: JanssonNode) -> Bool {
    guard let (_, node) = content(value) else { return value.pointee.type == JSON_TRUE }
    return node.pointee.type == JSON_TRUE || (node.text.map { $0.equals("true") || $0.equals("True") } ?? false)
  }

  func plainText(_ value: JanssonNode) -> UnsafeRawBufferPointer? { (content(value)?.node ?? value).text }

  private func value(_ value: JanssonNode, _ batch: inout RecordBatch) -> AttributeValue {
    guard let (shape, node) = content(value) else {
      // Some producers leave AnyValue out and write the value itself.
      switch value.pointee.type {
      case JSON_STRING: return .string(batch.add(text: value.text!))
      case JSON_INTEGER: return .integer(Int64(json_integer_value(value)))
      case JSON_REAL: return .double(json_real_value(value))
      case JSON_TRUE: return .bool(true)
      case JSON_FALSE: return .bool(false)
      case JSON_OBJECT where !isUnknown(value): return .json(batch.add(text: "null"))
      default: return json(value, &batch)
      }
    }
    switch (shape, node.pointee.type) {
    case (.array, _), (.map, _): return json(value, &batch)
    case (.integer, JSON_STRING):
      let digits = String(decoding: node.text!, as: UTF8.self)
      return Int64(digits).map { .integer($0) } ?? .string(batch.add(text: digits))
    case (.double, JSON_STRING): return double(node).map { .double($0) } ?? .string(batch.add(text: node.text!))
    case (.double, _): return node.double.map { .double($0) } ?? json(node, &batch)
    case (_, JSON_INTEGER): return .integer(Int64(json_integer_value(node)))
    case (_, JSON_REAL): return .double(json_real_value(node))
    case (_, JSON_TRUE): return .bool(true)
    case (_, JSON_FALSE): return .bool(false)
    case (_, JSON_STRING): return .string(batch.add(text: node.text!))
    default: return json(node, &batch)
    }
  }

  /// NaN and the infinities travel as text.
  private func double(_ node: JanssonNode) -> Double? {
    switch node.text {
    case .some("NaN"): .nan
    case .some("Infinity"): .infinity
    case .some("-Infinity"): -.infinity
    case let text?: Double(String(decoding: text, as: UTF8.self))
    case nil: nil
    }
  }

  private func json(_ value: JanssonNode, _ batch: inout RecordBatch) -> AttributeValue {
    guard let plain = plain(value) else { return .json(batch.add(text: "null")) }
    defer { json_decref(plain) }
    return .json(plain.withCompactText(undoing: repairs) { batch.add(text: $0) })
  }

  /// The JSON that an AnyValue stands for, as a tree of its own. The depth is that of the text, which jansson bounds.
  private func plain(_ value: JanssonNode) -> JanssonNode? {
    guard let (shape, node) = content(value) else { return value.isObject && !isUnknown(value) ? json_null() : json_incref(value) }
    switch shape {
    case .array:
      let array = json_array()
      node.member(OTLPName.values)?.forEachElement { json_array_append_new(array, plain($0)) }
      return array
    case .map: return object(node.member(OTLPName.values))
    case .integer:
      guard let text = node.text, let number = Int64(String(decoding: text, as: UTF8.self)) else { return json_incref(node) }
      return json_integer(json_int_t(number))
    case .double:
      guard let number = node.integer else { return json_incref(node) }
      return json_real(Double(number))
    case .text, .bool: return json_incref(node)
    }
  }

  /// A list of key and value as a JSON object.
  func object(_ list: JanssonNode?) -> JanssonNode? {
    let object = json_object()
    list?.forEachElement { entry in
      guard let key = entry.member(OTLPName.key), key.pointee.type == JSON_STRING, let value = entry.member(OTLPName.value) else { return }
      json_object_setn_new_nocheck(object, json_string_value(key), json_string_length(key), plain(value))
    }
    return object
  }

  // MARK: Attributes

  /// Adds a list of attributes, or the members of a plain object, which some producers write instead.
  func addAttributes(_ attributes: JanssonNode?, _ marks: inout OTLPMarkValues, _ batch: inout RecordBatch) {
    guard let attributes, !attributes.isNull else { return }
    switch attributes.pointee.type {
    case JSON_ARRAY: attributes.forEachElement { addAttribute($0, &marks, &batch) }
    case JSON_OBJECT: attributes.forEachMember { key, value in add(key, value, &marks, &batch) }
    default: marks.isUnread = true
    }
  }

  /// Visits the attributes of a list or a plain object.
  func forEachAttribute(_ attributes: JanssonNode?, _ body: (UnsafeRawBufferPointer, JanssonNode) -> Void) {
    guard let attributes else { return }
    if attributes.isObject { return attributes.forEachMember(body) }
    attributes.forEachElement { entry in
      if let key = entry.member(OTLPName.key)?.text, let value = entry.member(OTLPName.value) { body(key, value) }
    }
  }

  /// Adds one attribute, or takes it as a mark.
  private func addAttribute(_ entry: JanssonNode, _ marks: inout OTLPMarkValues, _ batch: inout RecordBatch) {
    guard let key = entry.member(OTLPName.key)?.text else {
      marks.isUnread = true
      return
    }
    guard let value = entry.member(OTLPName.value) else {
      return batch.add(Attribute(key: batch.add(text: key), value: .json(batch.add(text: "null"))))
    }
    if isUnknown(value) { marks.isUnread = true }
    add(key, value, &marks, &batch)
  }

  private func add(_ key: UnsafeRawBufferPointer, _ value: JanssonNode, _ marks: inout OTLPMarkValues, _ batch: inout RecordBatch) {
    var key = key
    if key.starts(with: OTLPMark.prefix) {
      if takeMark(key, value, &marks, &batch) { return }
      if key.starts(with: OTLPMark.escape) { key = UnsafeRawBufferPointer(rebasing: key[OTLPMark.escape.utf8CodeUnitCount...]) }
    }
    if marks.isEvent, takePlain(key, value, &marks, &batch) { return }
    batch.add(Attribute(key: batch.add(text: key), value: self.value(value, &batch)))
  }

  private func takePlain(
    _ key: UnsafeRawBufferPointer, _ value: JanssonNode, _ marks: inout OTLPMarkValues, _ batch: inout RecordBatch
  ) -> Bool {
    guard let text = plainText(value) else { return false }
    switch key {
    case "level" where marks.plainLevel == nil:
      guard let level = SeverityLevel(text) else { return false }
      marks.plainLevel = (level, Attribute(key: batch.add(text: key), value: .string(batch.add(text: text))))
    case "target" where marks.plainTarget == nil:
      let range = batch.add(text: text)
      marks.plainTarget = (range, Attribute(key: batch.add(text: key), value: .string(range)))
    default: return false
    }
    return true
  }

  /// What an event says by its name and its attributes. Without a name of its own, one that is told as OpenTracing's `event` counts.
  func eventText(_ name: JanssonNode?, _ attributes: JanssonNode?) -> EventText {
    var told = name?.text.map { String(decoding: $0, as: UTF8.self) } ?? ""
    if told.isEmpty {
      forEachAttribute(attributes) { key, value in
        if key.equals("event"), let text = plainText(value) { told = String(decoding: text, as: UTF8.self) }
      }
    }
    var event = EventText(name: told)
    forEachAttribute(attributes) { key, value in
      guard EventText.reads(key) else { return }
      if let text = plainText(value) {
        event.take(key, String(decoding: text, as: UTF8.self))
      } else if key.equals("exception.escaped") {
        event.take(key, bool(value) ? "true" : "false")
      }
    }
    return event
  }

  private func takeMark(
    _ key: UnsafeRawBufferPointer, _ value: JanssonNode, _ marks: inout OTLPMarkValues, _ batch: inout RecordBatch
  ) -> Bool {
    func text() -> TextRange? { plainText(value).map { batch.add(text: $0) } }
    switch key {
    case OTLPMark.traceID: marks.traceID = text()
    case OTLPMark.spanID: marks.spanID = text()
    case OTLPMark.parentID: marks.parentID = text()
    case OTLPMark.target: marks.target = text()
    case OTLPMark.message: marks.message = text()
    case OTLPMark.links: marks.links = text()
    case OTLPMark.level: marks.level = plainText(value).flatMap { SeverityLevel($0) } ?? .info
    case OTLPMark.running: marks.isRunning = bool(value)
    case OTLPMark.parentUnstated: marks.isParentUnstated = bool(value)
    case OTLPMark.followsFrom: marks.followsFrom = bool(value)
    case OTLPMark.startTime: marks.start = number(value).map { Timestamp.clamped($0) }
    case OTLPMark.endTime: marks.end = number(value).map { Timestamp.clamped($0) }
    case OTLPMark.eventTime: marks.eventTime = number(value).map { Timestamp.clamped($0) }
    case OTLPMark.diagnostics:
      content(value)?.node.member(OTLPName.values)?.forEachElement { element in
        for (diagnostic, name) in SpanDiagnostics.names where plainText(element)?.equals(name) ?? false {
          marks.diagnostics.insert(diagnostic)
        }
      }
    default: return false
    }
    return true
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

// Links of a span, between OTLP's form and that of native records, which is how they are kept: `[{"trace_id", "span_id", "attributes"}]`.

import CJansson

extension OTLPValues {
  /// Adds the links as one attribute; ids are normalised like those of spans, or are the original ones where our own export tells them.
  func addLinks(_ links: JanssonNode?, marked: TextRange?, _ batch: inout RecordBatch) {
    if let marked { return batch.add(attribute: "otel.links", .json(marked)) }
    guard let links, links.pointee.type == JSON_ARRAY, json_array_size(links) > 0, let array = json_array() else { return }
    defer { json_decref(array) }
    links.forEachElement { json_array_append_new(array, link($0)) }
    guard json_array_size(array) > 0 else { return }
    batch.add(attribute: "otel.links", .json(array.withCompactText(undoing: repairs) { batch.add(text: $0) }))
  }

  /// Nil where nothing is left of it: ids of zeros are none.
  private func link(_ link: JanssonNode) -> JanssonNode? {
    let object = json_object()
    let attributes = self.object(link.member(OTLPName.attributes))
    defer { if let attributes { json_decref(attributes) } }
    setID("trace_id", of: object, link.member(OTLPName.traceID), size: 16, original: attributes, OTLPMark.traceID)
    setID("span_id", of: object, link.member(OTLPName.spanID), size: 8, original: attributes, OTLPMark.spanID)
    if let attributes, json_object_size(attributes) > 0 { json_object_set(object, "attributes", attributes) }
    guard json_object_size(object) > 0 else {
      json_decref(object)
      return nil
    }
    return object
  }

  private func setID(
    _ name: String, of object: JanssonNode?, _ node: JanssonNode?, size: Int, original attributes: JanssonNode?, _ mark: StaticString
  ) {
    if let attributes, let original = attributes.member(mark) {
      json_object_set(object, name, original)
      json_object_deln(attributes, UnsafeRawPointer(mark.utf8Start).assumingMemoryBound(to: CChar.self), mark.utf8CodeUnitCount)
    } else if let text = node?.text, let id = OTLPIdentifier.normalised(text, size: size) {
      json_object_set_new(object, name, json_stringn(id.map { CChar(bitPattern: $0) }, id.count))
    }
  }
}

// Converts links of a span from OTLP's form to that of native records, in which they are stored: `[{"trace_id", "span_id", "attributes"}]`.

import CJansson
import JSON

/// The links of one span, as whoever reads them finds them.
struct OTLPLinks {
  private let array = json_array()

  /// Adds a link. One of which nothing is left is none: ids of zeros.
  /// - Parameters:
  ///   - traceID: as it is kept, nil where there is none; the one that our own export marked comes first.
  ///   - attributes: an object, or nil; taken over.
  func add(traceID: [UInt8]?, spanID: [UInt8]?, attributes: JanssonNode?) {
    let object = json_object()
    defer {
      if let attributes { json_decref(attributes) }
      json_decref(object)
    }
    setID("trace_id", of: object, traceID, original: attributes, OTLPMark.traceID)
    setID("span_id", of: object, spanID, original: attributes, OTLPMark.spanID)
    if let attributes, json_object_size(attributes) > 0 { json_object_set(object, "attributes", attributes) }
    if json_object_size(object) > 0 { json_array_append(array, object) }
  }

  /// Adds all of them as one attribute. Nothing may be added any more.
  func finish(_ repairs: JSONRepair.Findings, _ batch: inout RecordBatch) {
    defer { json_decref(array) }
    guard let array, json_array_size(array) > 0 else { return }
    batch.add(attribute: "otel.links", .json(array.withCompactText(undoing: repairs) { batch.add(text: $0) }))
  }

  private func setID(_ name: String, of object: JanssonNode?, _ id: [UInt8]?, original attributes: JanssonNode?, _ mark: StaticString) {
    if let attributes, let original = attributes.member(mark) {
      json_object_set(object, name, original)
      json_object_deln(attributes, UnsafeRawPointer(mark.utf8Start).assumingMemoryBound(to: CChar.self), mark.utf8CodeUnitCount)
    } else if let id {
      json_object_set_new(object, name, json_stringn(id.map { CChar(bitPattern: $0) }, id.count))
    }
  }
}

extension OTLPValues {
  /// Adds the links as one attribute; ids are normalised like those of spans.
  /// - Parameter marked: the links that our own export told in its own form.
  func addLinks(_ links: JanssonNode?, marked: TextRange?, _ batch: inout RecordBatch) {
    if let marked { return batch.add(attribute: "otel.links", .json(marked)) }
    guard let links, links.pointee.type == JSON_ARRAY, json_array_size(links) > 0 else { return }
    let list = OTLPLinks()
    links.forEachElement { link in
      func id(_ name: OTLPName, size: Int) -> [UInt8]? {
        link.member(name)?.text.flatMap { OTLPIdentifier.normalised($0, size: size) }
      }
      list.add(
        traceID: id(.traceID, size: 16), spanID: id(.spanID, size: 8), attributes: object(link.member(OTLPName.attributes)))
    }
    list.finish(repairs, &batch)
  }
}

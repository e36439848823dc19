// Links from a span to others, as records store them: relations in addition to the tree, never edges of it.

import JSON

/// One link. A producer may omit either id.
package struct RelatedSpan: Sendable, Equatable {
  package var traceID: String
  package var spanID: String

  /// The links in the attribute `otel.links`, a list of objects with `trace_id` and `span_id`; empty if the text is not such a list.
  package static func read(_ json: String) -> [RelatedSpan] {
    guard let list = (try? JSONValue(parsing: json))?.array else { return [] }
    return list.compactMap { link in
      let ids = (link["trace_id"]?.string ?? "", link["span_id"]?.string ?? "")
      return ids.0.isEmpty && ids.1.isEmpty ? nil : RelatedSpan(traceID: ids.0, spanID: ids.1)
    }
  }
}

// Where the elements of whole-document formats lie: the arrays at which a long document may be cut.

/// A container on the way from a document's root to its elements. Everything else is read over as one value.
enum DocumentPlace: UInt8, Sendable, BitwiseCopyable {
  /// The document itself: an object, or a list of elements.
  case root, list
  /// A list in a list, as Zipkin gives several traces.
  case innerList
  /// An array of elements that are never cut: spans, log records, events.
  case elements
  case resources, resource
  case scopes, scope
  case traces, trace

  /// The array that a member of an object of this place is; nil where the member is no way to elements.
  func member(_ name: UnsafeRawBufferPointer) -> DocumentPlace? {
    switch (self, name) {
    case (.root, "traceEvents"), (.scope, "spans"), (.scope, "logRecords"), (.trace, "spans"), (.root, "spans"), (.root, "resourceMetrics"):
      .elements
    case (.root, "resourceSpans"), (.root, "batches"), (.root, "resourceLogs"): .resources
    case (.root, "scopeSpans"), (.root, "instrumentationLibrarySpans"), (.root, "scopeLogs"), (.resource, "scopeSpans"),
      (.resource, "instrumentationLibrarySpans"), (.resource, "scopeLogs"):
      .scopes
    case (.root, "data"): .traces
    default: nil
    }
  }

  /// What an object is that stands as an element of an array of this place, or, for `data`, in its stead; nil where it is one whole value.
  var object: DocumentPlace? {
    switch self {
    case .resources: .resource
    case .scopes: .scope
    case .traces: .trace
    default: nil
    }
  }

  /// Members that every piece of a document repeats, because its elements mean nothing without them.
  static func isRepeated(_ name: UnsafeRawBufferPointer) -> Bool {
    switch name {
    case "resource", "scope", "instrumentationLibrary", "traceID", "processes": true
    default: false
    }
  }
}

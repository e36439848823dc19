// Where the elements of whole-document formats lie: the arrays at which a long document may be cut.

/// A container on the way from a document's root to its elements. Everything else is read over as one value.
enum DocumentPlace: UInt8, Sendable, BitwiseCopyable {
  /// The document itself: an object, or a list of elements.
  case root, list
  /// A list in a list, as Zipkin gives several traces.
  case innerList
  /// An array of elements that are never cut: spans, log records, events.
  case elements
  /// The same of Chrome's events, each of which means something by itself.
  case events
  case resources, resource
  case scopes, scope
  case traces, trace

  /// The array that a member of an object of this place is; nil where the member is no way to elements.
  func member(_ name: UnsafeRawBufferPointer) -> DocumentPlace? {
    switch (self, name) {
    case (.scope, "spans"), (.scope, "logRecords"), (.trace, "spans"), (.root, "spans"), (.root, "resourceMetrics"):
      .elements
    case (.root, "traceEvents"): .events
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

  /// Names with which records begin that stand alone, and nothing inside of a document does.
  static func isRootName(_ name: UnsafeRawBufferPointer) -> Bool {
    switch name {
    case "resourceSpans", "resourceLogs", "resourceMetrics", "timestamp", "log_type", "traceEvents": true
    default: false
    }
  }

  /// Whether an object begins with such a name.
  static func beginsRecord(_ object: UnsafeRawBufferPointer) -> Bool {
    guard object.first == UInt8(ascii: "{"), let quote = object.prefix(16).firstIndex(of: UInt8(ascii: "\"")),
      object[1..<quote].allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }),
      let end = object[(quote + 1)...].prefix(32).firstIndex(of: UInt8(ascii: "\""))
    else { return false }
    return isRootName(UnsafeRawBufferPointer(rebasing: object[(quote + 1)..<end]))
  }
}

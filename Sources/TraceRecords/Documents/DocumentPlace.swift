// The positions of elements in whole-document formats: the arrays at which a long document may be cut.

/// A container on the path from a document's root to its elements. Any other value is skipped as a whole.
enum DocumentPlace: UInt8, Sendable, BitwiseCopyable {
  /// The document itself: an object, or a list of elements.
  case root, list
  /// A list in a list: Zipkin's form for several traces.
  case innerList
  /// An array whose elements are never cut: spans, log records, events.
  case elements
  /// The same for Chrome's events, each of which is meaningful by itself.
  case events
  case resources, resource
  case scopes, scope
  case traces, trace

  /// The array that is a member of this container; nil if the member does not lead to elements.
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

  /// The kind of an object in this array (or, for `data`, instead of the array); nil if it is one whole value.
  var object: DocumentPlace? {
    switch self {
    case .resources: .resource
    case .scopes: .scope
    case .traces: .trace
    default: nil
    }
  }

  /// Members that every piece of a document repeats, because the elements have no meaning without them.
  static func isRepeated(_ name: UnsafeRawBufferPointer) -> Bool {
    switch name {
    case "resource", "scope", "instrumentationLibrary", "traceID", "processes": true
    default: false
    }
  }

  /// First names of standalone records. Objects inside a document never begin with them.
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

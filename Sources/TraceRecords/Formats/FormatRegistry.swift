// The supported formats, one row each.

package enum FormatRegistry {
  /// In the order in which they are tried for a value of unknown format.
  static let formats: [any TraceFormat.Type] = [
    NativeFormat.self, OTLPFormat.self, RustTracingFormat.self, PythonConsoleFormat.self, GoStdoutFormat.self, JaegerFormat.self,
    ZipkinFormat.self, ChromeFormat.self, NextTraceFormat.self, JavaScriptFormat.self, PHPConsoleFormat.self, SwiftStdoutFormat.self,
    PhoenixFormat.self, MLflowFormat.self, XRayFormat.self, JSONLogFormat.self,
  ]

  package static var names: [String] { formats.map { "\($0.name)" } }

  /// The format with that name; nil if there is none.
  static func named(_ name: String) -> (any TraceFormat.Type)? { formats.first { "\($0.name)" == name } }
}

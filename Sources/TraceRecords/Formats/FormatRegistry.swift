// Every format that is read, one row each.

package enum FormatRegistry {
  /// In the order in which they are asked about a value of unknown kind.
  static let formats: [any TraceFormat.Type] = [
    NativeFormat.self, OTLPFormat.self, RustTracingFormat.self, PythonConsoleFormat.self, GoStdoutFormat.self, JaegerFormat.self,
    ZipkinFormat.self, ChromeFormat.self, NextTraceFormat.self, JavaScriptFormat.self, PHPConsoleFormat.self, SwiftStdoutFormat.self,
    PhoenixFormat.self, MLflowFormat.self, XRayFormat.self, JSONLogFormat.self,
  ]

  package static var names: [String] { formats.map { "\($0.name)" } }

  /// The format of that name alone; nil where there is none.
  static func named(_ name: String) -> (any TraceFormat.Type)? { formats.first { "\($0.name)" == name } }
}

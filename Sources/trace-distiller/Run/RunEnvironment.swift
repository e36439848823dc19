// What a program needs to be heard, as variables of its environment. What the user has set stays as it is.

import Platform

struct RunEnvironment: Sendable {
  /// `NAME=value`, all that the program gets.
  let variables: [String]
  /// Names that the user has set and that lead elsewhere.
  let kept: [String]

  /// - Parameters:
  ///   - tracesToOutput: the program's own output is read: spans are to be printed.
  ///   - inherited: what this process has.
  init(endpoint: String, pipe: String, tracesToOutput: Bool, inherited: [String]) {
    let wanted = [
      ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
      ("OTEL_TRACES_EXPORTER", tracesToOutput ? "console" : "otlp"), ("OTEL_LOGS_EXPORTER", "otlp"), ("OTEL_METRICS_EXPORTER", "none"),
      // Milliseconds between batches: a program that is killed loses little.
      ("OTEL_BSP_SCHEDULE_DELAY", "200"), ("OTEL_BLRP_SCHEDULE_DELAY", "200"),
      ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=run-\(WallClock.nanos / 1_000_000_000)-\(getpid())" + RunEnvironment.place),
      ("TRACE_DISTILLER_PIPE", pipe),
    ]
    let names = Set(inherited.map { RunEnvironment.name($0) })
    variables = inherited + wanted.filter { !names.contains($0.0) }.map { "\($0)=\($1)" }
    let decisive = [
      "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL",
      "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_TRACES_EXPORTER", "OTEL_SDK_DISABLED", "OTEL_TRACES_SAMPLER", "TRACE_DISTILLER_PIPE",
    ]
    kept = decisive.filter { names.contains($0) }
  }

  /// Where the program works, as an attribute of its resource; bytes that have a meaning there are escaped.
  private static var place: String {
    guard let path = WorkingDirectory.path, path.utf8.count <= 1_024 else { return "" }
    let plain = Set("/-_.~".utf8)
    let digits = Array("0123456789ABCDEF".utf8)
    var escaped: [UInt8] = []
    for byte in path.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: escaped.append(byte)
      case _ where plain.contains(byte): escaped.append(byte)
      default: escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return ",process.working_directory=" + String(decoding: escaped, as: UTF8.self)
  }

  private static func name(_ variable: String) -> String { String(variable.prefix { $0 != "=" }) }

  /// The variables of this process, as they are.
  static func current() -> [String] {
    var found: [String] = []
    var place = environ
    while let variable = place.pointee {
      found.append(String(cString: variable))
      place += 1
    }
    return found
  }
}

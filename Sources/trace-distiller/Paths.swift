// trace-distiller paths: the paths that writers and servers share.

import ArgumentParser
import OTLPReceiver
import TraceContextServer
import TraceRecords

struct Paths: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paths",
    abstract: "Print the pipes in use, and where a server takes OTLP over HTTP.",
    discussion: "The default depends on the user only; --pipe and TRACE_DISTILLER_PIPE override it, each with one path or several.")

  @Option(help: "As given to serve.")
  var pipe: [String] = []

  @Flag(help: "Print the paths alone, one a line, for scripts.")
  var quiet = false

  @Flag(help: "Print where a running server takes OTLP over HTTP, alone, for OTEL_EXPORTER_OTLP_ENDPOINT. Exit code 69 where none does.")
  var otlp = false

  func run() throws {
    if otlp { return try printReceiver() }
    for path in PipePath.resolve(options: pipe, environment: PipePath.environment()) {
      StandardOutput.write(quiet ? path.path + "\n" : "pipe  \(path.path)  (\(path.origin.rawValue))\nlock  \(path.lockPath)\n")
      if !quiet, let found = AddressFile.read(beside: path) {
        StandardOutput.write("otlp  \(found.endpoints.joined(separator: " "))  (pid \(found.pid))\n")
      }
    }
  }

  private func printReceiver() throws {
    let paths = PipePath.resolve(options: pipe, environment: PipePath.environment())
    guard let endpoint = paths.lazy.compactMap({ AddressFile.read(beside: $0)?.endpoints.first }).first else {
      tell(
        "no server takes OTLP over HTTP beside \(paths[0].path); start one with --otlp auto, or a program with: trace-distiller run -- COMMAND"
      )
      throw ExitStatus.unavailable
    }
    StandardOutput.write(endpoint + "\n")
  }
}

// trace-distiller paths: where writers and servers meet.

import ArgumentParser
import TraceContextServer
import TraceRecords

struct Paths: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the pipes in use.",
    discussion: "The default depends on the user only; --pipe and TRACE_DISTILLER_PIPE override it, each with one path or several.")

  @Option(help: "As given to serve.")
  var pipe: [String] = []

  @Flag(help: "Print the paths alone, one a line, for scripts.")
  var quiet = false

  func run() {
    for path in PipePath.resolve(options: pipe, environment: PipePath.environment()) {
      StandardOutput.write(quiet ? path.path + "\n" : "pipe  \(path.path)  (\(path.origin.rawValue))\nlock  \(path.lockPath)\n")
    }
  }
}

// trace-distiller paths: where writers and servers meet.

import ArgumentParser
import TraceContextServer
import TraceRecords

struct Paths: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the pipe in use.",
    discussion: "The default depends on the user only; TRACE_DISTILLER_PIPE and --pipe override it.")

  @Option(help: "As given to serve.")
  var pipe: String?

  @Flag(help: "Print the path alone, for scripts.")
  var quiet = false

  func run() {
    let path = PipePath.resolve(option: pipe, environment: environment())
    StandardOutput.write(quiet ? path.path + "\n" : "pipe  \(path.path)  (\(path.origin.rawValue))\nlock  \(path.lockPath)\n")
  }
}

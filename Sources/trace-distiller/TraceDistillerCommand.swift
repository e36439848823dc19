// The program's commands. What they do is in the modules; here are names, options, and exit codes.

import ArgumentParser
import Platform
import TraceContextServer

@main
struct TraceDistillerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace-distiller",
    abstract: "Tells what programs did: reads trace records from a named pipe, answers JSON-RPC on stdin and stdout.",
    discussion: "'trace-distiller help agents' tells a language model how to use it from a shell.",
    version: ServerVersion.text,
    subcommands: [Run.self, Serve.self, Distill.self, Explain.self, Call.self, Paths.self])

  /// `help agents` is the one page of help that belongs to no command.
  static func main() {
    guard Array(CommandLine.arguments.dropFirst()) == ["help", "agents"] else { return main(nil) }
    StandardOutput.write(AgentGuide.text)
  }
}

/// One line on stderr, without ever waiting for somebody to read it.
func tell(_ message: String) {
  StandardError.write("trace-distiller: \(message)")
}

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
    subcommands: [Serve.self, Distill.self, Call.self, Paths.self])

  /// `help agents` is the one page of help that belongs to no command.
  static func main() {
    guard Array(CommandLine.arguments.dropFirst()) == ["help", "agents"] else { return main(nil) }
    StandardOutput.write(AgentGuide.text)
  }
}

/// Exit codes besides 0 (sysexits.h).
enum ExitStatus {
  /// A request was answered with an error.
  static let error = ExitCode(1)
  /// The arguments cannot be used.
  static let usage = ExitCode(EX_USAGE)
  /// The system refused what the program cannot do without.
  static let system = ExitCode(EX_OSERR)
  /// There was input, and no record in any of it.
  static let noRecord = ExitCode(EX_DATAERR)
  /// A file cannot be opened.
  static let noInput = ExitCode(EX_NOINPUT)
}

/// One line on stderr, without ever waiting for somebody to read it.
func tell(_ message: String) {
  StandardError.write("trace-distiller: \(message)")
}

// The program's commands. The modules implement them; this file has names, options, and exit codes.

import ArgumentParser
import Platform
import TraceContextServer

@main
struct TraceDistillerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace-distiller",
    abstract: "Tells what programs did: reads trace records from a named pipe, answers JSON-RPC on stdin and stdout.",
    discussion: """
      'trace-distiller help agents' tells a language model how to use it from a shell, 'help methods' lists what 'call' and clients may ask, \
      'help METHOD' tells what one of them takes.
      """,
    version: ServerVersion.text,
    subcommands: [
      Run.self, Serve.self, Distill.self, Explain.self, View.self, Check.self, Baseline.self, Call.self, Paths.self, Watch.self,
      HubCommand.self,
    ])

  /// Some pages of help belong to no command: `help agents`, `help methods`, `help traces/list`.
  static func main() {
    let words = Array(CommandLine.arguments.dropFirst())
    if let name = words.first, Serve.names.contains(name) { return serve(words) }
    guard words.count == 2, words[0] == "help", let page = HelpPage(words[1]) else { return main(nil) }
    switch page {
    case .text(let text): StandardOutput.write(text)
    case .unknown(let message):
      tell(message)
      Platform.exit(EX_USAGE)
    }
  }

  /// Clients wait for the start of a server, and the tree of all commands would take a third of it. Whatever is not its plain options (help, a mistake) is
  /// read as always.
  private static func serve(_ words: [String]) {
    // Reading the options may be what there is no memory for.
    Signals.tellOfRefusedMemory()
    Signals.endWithoutMemoryToStart()
    guard let command = try? Serve.parse(Array(words.dropFirst())) else { return main(nil) }
    do { try command.run() } catch { exit(withError: error) }
  }
}

/// Writes one line to stderr without blocking.
func tell(_ message: String) {
  StandardError.write("trace-distiller: \(message)")
}

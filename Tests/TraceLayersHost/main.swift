// A program for tests of what can be done only once per process (bootstrapping) or what ends one. Not a product: only tests run it.
//   trace-layers-host COMMAND ARGUMENT…
// One file per command; a new one needs its file and its row here.

import Platform

let commands: [(name: String, run: ([String]) throws -> Void)] = [
  ("bootstrap", BootstrapCommand.run), ("forks", ForksCommand.run), ("readable", ReadableCommand.run), ("send", SendCommand.run),
  ("snapshots", SnapshotsCommand.run),
]

guard let command = commands.first(where: { $0.name == CommandLine.arguments.dropFirst().first }) else {
  print("usage: trace-layers-host \(commands.map(\.name).joined(separator: "|")) …")
  exit(EX_USAGE)
}
try command.run(Array(CommandLine.arguments.dropFirst(2)))

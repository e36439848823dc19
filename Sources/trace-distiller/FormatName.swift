// A format's name as an argument: one of those in the registry.

import ArgumentParser
import TraceRecords

struct FormatName: ExpressibleByArgument, Sendable {
  let name: String

  static var all: String { FormatRegistry.names.joined(separator: ", ") }

  init?(argument: String) {
    guard FormatRegistry.names.contains(argument) else { return nil }
    name = argument
  }

  static var allValueStrings: [String] { FormatRegistry.names }
  static var defaultCompletionKind: CompletionKind { .list(FormatRegistry.names) }
}

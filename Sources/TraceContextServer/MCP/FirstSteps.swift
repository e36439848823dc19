// The text for an agent while there is no trace: where records go, and the two lines that make a program write them.

import TraceDistiller
import TraceRecords

enum FirstSteps {
  /// One line, because hints are shown instead of entries.
  static func text(_ sources: [SourceReport]) -> String {
    let calls = CallNames(ToolRegistry.names)
    let hint = SourceHint.text(sources, calls)
    let pipes = sources.filter { $0.kind == "pipe" }
    guard let first = pipes.first, pipes.allSatisfy({ $0.state == "reading" && $0.statistics.lines == 0 }) else { return hint }
    let path = VisibleText.make(first.path, limit: 200)
    return "nothing has come through the pipe \(path) yet. A Swift program writes to it with "
      + "`LayeredTracing(service: \"app\", transport: NamedPipeLogManager()).bootstrap()` at its start and `withSpan(\"work\") { … }` around its work; "
      + "any other writes OTLP/JSON lines to it: `cat spans.otlp.jsonl > \(path)`. Then \(calls("traces/await")) tells of the run"
  }
}

// The benchmarks: programs that print a figure beside a limit measured in the same run, so that the ratio can be compared between machines.
// `scripts/bench` builds this for release and pins it to a core; nothing here is a test.

import Platform

@main
enum BenchCommand {
  static func main() {
    if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "memory-of", let perTrace = Int(CommandLine.arguments[2]) {
      return MemoryBench.measure(perTrace: perTrace)
    }
    if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "store-of", let perTrace = Int(CommandLine.arguments[2]) {
      return StoreBench.measure(perTrace: perTrace)
    }
    if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "bound-of", let number = Int(CommandLine.arguments[2]) {
      return BoundBench.measure(number)
    }
    if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "span-of" { return SpanBench.measure(CommandLine.arguments[2]) }
    if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "insights-of" { return InsightBench.run(CommandLine.arguments[2]) }
    if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "check-of" { return CheckBench.run(CommandLine.arguments[2]) }
    if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "distill-of" { return DistillBench.run(CommandLine.arguments[2]) }
    if CommandLine.arguments.count == 4, CommandLine.arguments[1] == "summary-of", let spans = Int(CommandLine.arguments[3]) {
      return SummaryBench.run(shape: CommandLine.arguments[2], spans: spans)
    }
    if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "search-of" { return SearchBench.run(only: CommandLine.arguments[2]) }
    if CommandLine.arguments.count == 4, CommandLine.arguments[1] == "ingest-of" {
      return IngestBench.measure(CommandLine.arguments[2], upTo: CommandLine.arguments[3])
    }
    if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "formats-into" {
      return FormatBench.run(directory: CommandLine.arguments[2])
    }
    if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "protobuf-into" {
      return ProtobufBench.write(to: CommandLine.arguments[2])
    }
    let wanted = CommandLine.arguments.dropFirst()
    let all: [(name: String, run: () -> Void)] = [
      ("ingest", IngestBench.run), ("protobuf", ProtobufBench.run), ("formats", FormatBench.run), ("otlp-http", OTLPRequestBench.run),
      ("store", StoreBench.run), ("memory", MemoryBench.run),
      ("bound", BoundBench.run),
      ("summary", SummaryBench.run),
      ("compare", CompareBench.run), ("explain", ExplainBench.run), ("check", CheckBench.run), ("list", ListBench.run),
      ("query", QueryBench.run),
      ("search", SearchBench.run),
      ("rpc", RequestBench.run), ("load", LoadBench.run),
      ("send", SendBench.run), ("span", SpanBench.run),
    ]
    let chosen = wanted.isEmpty ? all : all.filter { wanted.contains($0.name) }
    guard !chosen.isEmpty else {
      print("usage: trace-distiller-bench [\(all.map(\.name).joined(separator: "|"))]…")
      exit(EX_USAGE)
    }
    signal(SIGPIPE, SIG_IGN)
    for bench in chosen { bench.run() }
  }
}

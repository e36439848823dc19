// Measures the cost of a complete span for a program: start, three attributes, end, through swift-distributed-tracing's own `withSpan`.

import InMemoryTracing
import Platform
import TraceContextServer
import TraceLayers
import TraceLayersDistiller
import Tracing

enum SpanBench {
  private static let rounds = 9
  private static let traces = 1_000
  /// A root with its children.
  private static let spansPerTrace = 100

  private enum Kind: String, CaseIterable {
    case unbootstrapped = "withSpan, not bootstrapped"
    case nothing = "NoOpTracer, which does nothing"
    case noLayers = "LayeredTracer without layers"
    case visualization = "visualization layer, cat drains the pipe"
    case distiller = "distiller layer"
    case both = "both layers"
    case inMemory = "InMemoryTracer of swift-distributed-tracing"
  }

  static func run() {
    print("span: start, 3 attributes, end, through withSpan; traces of \(spansPerTrace) spans, median of \(rounds) rounds")
    fflush(nil)
    // Tracers can be bootstrapped once per process, so each round is a process. Rounds alternate, so that load on the machine affects all
    // kinds.
    var figures: [Kind: [Double]] = [:]
    for _ in 0..<rounds { for kind in Kind.allCases { figures[kind, default: []].append(nanosOfOneRound(kind)) } }
    let median = figures.mapValues { $0.sorted()[rounds / 2] }
    let nothing = median[.nothing] ?? 0
    for kind in Kind.allCases {
      let all = (figures[kind] ?? []).sorted()
      let nanos = median[kind] ?? 0
      let more = Bench.rounded((nanos - nothing) / 1_000)
      let goal =
        switch kind {
        case .visualization: "goal: 1200 ns; "
        case .distiller: "+\(more) µs (goal: 0.70); "
        default: ""
        }
      Bench.report(
        kind.rawValue, "\(Int(nanos)) ns",
        "\(goal)\(Bench.rounded(nanos / max(1, nothing))) × NoOpTracer, rounds \(Int(all.first ?? 0))–\(Int(all.last ?? 0))")
    }
  }

  /// Runs `span-of KIND` and reads the figure that it prints.
  private static func nanosOfOneRound(_ kind: Kind) -> Double {
    let output = Bench.pipe()
    let process = Bench.spawn([CommandLine.arguments[0], "span-of", kind.rawValue], output: output.writer)
    close(output.writer)
    var text = [UInt8](repeating: 0, count: 256)
    var used = 0
    while case let count = read(output.reader, &text[used], text.count - used), count > 0 { used += count }
    close(output.reader)
    Bench.wait(process)
    guard let nanos = Double(String(decoding: text[..<used], as: UTF8.self).split(separator: "\n").first ?? "") else {
      print("span-of \(kind.rawValue) gave no figure")
      exit(1)
    }
    return nanos
  }

  /// One round, in a process of its own: prints nanoseconds per span.
  static func measure(_ name: String) {
    guard let kind = Kind(rawValue: name) else { exit(EX_USAGE) }
    // What a trace leaves behind is cleared between traces without being timed, such as the pipe's buffer: otherwise records would be
    // dropped, which is cheap.
    var clear = {}
    var finish = {}
    switch kind {
    case .unbootstrapped: break
    case .nothing: InstrumentationSystem.bootstrap(NoOpTracer())
    case .noLayers: LayeredTracing(configuration()).bootstrap()
    case .distiller: LayeredTracing(configuration(.distiller())).bootstrap()
    case .visualization, .both:
      let directory = Bench.temporaryDirectory()
      let path = directory + "/p.pipe"
      mkfifo(path, 0o600)
      let reader = Bench.spawn(["sh", "-c", "exec cat '\(path)' > /dev/null"])
      let manager = NamedPipeLogManager(options: .init(path: path))
      var configuration = kind == .both ? configuration(.visualization, .distiller()) : configuration(.visualization)
      configuration.transport = manager
      LayeredTracing(configuration).bootstrap()
      clear = { manager.flush() }
      finish = {
        precondition(manager.statistics.dropped == 0, "records were dropped: the figure would flatter")
        kill(reader, SIGTERM)
        Bench.wait(reader)
        unlink(path)
        rmdir(directory)
      }
    case .inMemory:
      let tracer = InMemoryTracer()
      InstrumentationSystem.bootstrap(tracer)
      clear = { tracer.clearFinishedSpans() }
    }
    for _ in 0..<traces / 10 { trace() }
    clear()
    var nanos: Int64 = 0
    for number in 1...traces {
      let start = MonotonicClock.nanos
      trace()
      nanos += MonotonicClock.nanos - start
      if number % 20 == 0 { clear() }
    }
    print(Double(nanos) / Double(traces * spansPerTrace))
    fflush(nil)
    finish()
  }

  /// Only these layers.
  private static func configuration(_ layers: LayeredTracing.Configuration.Layer...) -> LayeredTracing.Configuration {
    var configuration = LayeredTracing.Configuration(service: "bench")
    configuration.layers = layers
    configuration.standardError = .none
    return configuration
  }

  @inline(never)
  private static func trace() {
    withSpan("order") { span in
      span.attributes["order.id"] = 17
      span.attributes["currency"] = "EUR"
      span.attributes["is.express"] = true
      for item in 1..<spansPerTrace {
        withSpan("reserve") { span in
          span.attributes["item"] = item
          span.attributes["warehouse"] = "north-2"
          span.attributes["in.stock"] = true
        }
      }
    }
  }
}

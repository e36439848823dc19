// The few lines that a program needs: layers, tracer and log handlers put together.

public import Logging
import Tracing

/// The layers of one program, composed.
///
///     let tracing = LayeredTracing(service: "shop", transport: NamedPipeLogManager())
///     tracing.bootstrap()
public struct LayeredTracing: Sendable {
  /// For programs that hand their tracer around instead of bootstrapping.
  public let tracer: LayeredTracer
  /// What this execution of the program is called in its records.
  public let run: String
  /// Who takes spans and logs, in this order.
  public let layers: [any TraceLayer]
  /// Which spans and logs the layers get.
  public let filter: LevelFilter
  private let transport: (any RecordTransport)?

  /// Makes the layers and the tracer; nothing reaches them before a tracer or logger is used.
  public init(_ configuration: Configuration) {
    // The transport's own lines name a run, too: it is the same one.
    let run = configuration.run ?? configuration.transport?.run ?? SpanID.random().description
    let program = Configuration.Layer.Program(service: configuration.service, run: run, transport: configuration.transport)
    var layers = configuration.layers.compactMap { $0.make(program) }
    if configuration.standardError != .none {
      layers.append(StandardErrorLayer(includesSpans: configuration.standardError == .all))
    }
    self.run = run
    self.layers = layers
    filter = configuration.filter ?? LevelFilter.fromEnvironment() ?? .all
    transport = configuration.transport
    tracer = LayeredTracer(layers: layers, filter: filter, flushBound: configuration.flushBound)
    _ = ForkRehearsal.once
  }

  /// Records of spans and logs to the transport, logs to standard error, and what other layers do.
  /// - Parameters:
  ///   - service: What the program calls itself.
  ///   - transport: Where records go; nil where only other layers are wanted.
  ///   - layers: Beside those that write records.
  public init(service: String, transport: (any RecordTransport)? = nil, adding layers: Configuration.Layer...) {
    var configuration = Configuration(service: service, transport: transport)
    configuration.layers += layers
    self.init(configuration)
  }

  /// Makes this the logging and the tracing system of the process. Once a process: both systems stop a program that does it twice.
  /// - Parameter metadataProvider: As in `LoggingSystem.bootstrap`.
  public func bootstrap(metadataProvider: Logger.MetadataProvider? = nil) {
    LoggingSystem.bootstrap({ logHandler(label: $0, metadataProvider: $1) }, metadataProvider: metadataProvider)
    InstrumentationSystem.bootstrap(tracer)
  }

  /// A handler for a logger that is made without bootstrapping: `Logger(label: "shop") { tracing.logHandler(label: $0) }`.
  public func logHandler(label: String, metadataProvider: Logger.MetadataProvider? = nil) -> LayeredLogHandler {
    LayeredLogHandler(label: label, layers: layers, filter: filter, metadataProvider: metadataProvider)
  }

  /// Waits until what was said before is where it should go, at most for so long; returns after a look where nobody reads.
  /// - Returns: False where something still waits.
  @discardableResult
  public func flush(within bound: Duration = .seconds(1)) -> Bool { tracer.flush(within: bound) }

  /// Flushes and ends threads, connections and reports, at most within the bound. Logs still reach standard error; what would go to the pipe is dropped and
  /// counted. A second call does nothing.
  public func shutdown(within bound: Duration = .seconds(1)) {
    let deadline = Deadline(within: bound)
    tracer.shutdown(within: bound)
    // Where no layer writes to it.
    transport?.shutdown(within: deadline.left)
  }
}

// What a program needs to set up tracing: layers, tracer and log handlers, put together.

public import Logging
import Tracing

/// The combined layers of one program.
///
///     let tracing = LayeredTracing(service: "shop", transport: NamedPipeLogManager())
///     tracing.bootstrap()
public struct LayeredTracing: Sendable {
  /// For programs that pass their tracer around instead of bootstrapping.
  public let tracer: LayeredTracer
  /// The name of this execution of the program in its records.
  public let run: String
  /// The layers that receive spans and logs, in this order.
  public let layers: [any TraceLayer]
  /// Which spans and logs the layers receive.
  public let filter: LevelFilter
  private let transport: (any RecordTransport)?

  /// Creates the layers and the tracer. Nothing reaches them before a tracer or logger is used.
  public init(_ configuration: Configuration) {
    // The transport's own lines also name a run, which must be the same.
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

  /// Sends records of spans and logs to the transport, writes logs to standard error, and adds other layers.
  /// - Parameters:
  ///   - service: The program's name.
  ///   - transport: Where records go; nil if only other layers are wanted.
  ///   - layers: Layers in addition to those that write records.
  public init(service: String, transport: (any RecordTransport)? = nil, adding layers: Configuration.Layer...) {
    var configuration = Configuration(service: service, transport: transport)
    configuration.layers += layers
    self.init(configuration)
  }

  /// Installs this as the logging and the tracing system of the process. Call it once: both systems stop a process that bootstraps twice.
  /// - Parameter metadataProvider: As in `LoggingSystem.bootstrap`.
  public func bootstrap(metadataProvider: Logger.MetadataProvider? = nil) {
    LoggingSystem.bootstrap({ logHandler(label: $0, metadataProvider: $1) }, metadataProvider: metadataProvider)
    InstrumentationSystem.bootstrap(tracer)
  }

  /// A handler for a logger that is made without bootstrapping: `Logger(label: "shop") { tracing.logHandler(label: $0) }`.
  public func logHandler(label: String, metadataProvider: Logger.MetadataProvider? = nil) -> LayeredLogHandler {
    LayeredLogHandler(label: label, layers: layers, filter: filter, metadataProvider: metadataProvider)
  }

  /// Waits until everything recorded before has been delivered, at most for that time. Returns after a single check if there is no reader.
  /// - Returns: False if something was not delivered yet.
  @discardableResult
  public func flush(within bound: Duration = .seconds(1)) -> Bool { tracer.flush(within: bound) }

  /// Flushes and stops threads, connections and reports, at most within the bound. Logs are still written to standard error; records for
  /// the pipe are dropped and counted. A second call does nothing.
  public func shutdown(within bound: Duration = .seconds(1)) {
    let deadline = Deadline(within: bound)
    tracer.shutdown(within: bound)
    // For the case that no layer writes to it.
    transport?.shutdown(within: deadline.left)
  }
}

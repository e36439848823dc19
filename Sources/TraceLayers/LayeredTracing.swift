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
  /// The in-process traces, where they were asked for.
  public let store: TraceStore?
  /// The reports of those traces, where they were asked for.
  public let snapshots: SnapshotReports?
  /// What this execution of the program is called in its records.
  public let run: String
  /// Who takes spans and logs, in this order.
  public let layers: [any TraceLayer]
  /// Which spans and logs the layers are told of.
  public let filter: LevelFilter

  /// - Parameters:
  ///   - service: What the program calls itself.
  ///   - transport: Where records go; nil where only the in-process store or standard error is wanted.
  ///   - filter: Nil reads `TRACE_DISTILLER_LOG`, and lets everything through where that is not set.
  ///   - modules: Flat logs for people as records.
  ///   - visualization: Spans and their logs as records.
  ///   - distiller: Traces in the program itself: see `store`.
  ///   - snapshots: Reports of the program's own traces as files, for a while after the start and at exit; keeps those traces, as `distiller`
  ///     does. None where nil.
  ///   - standardError: Flat logs as readable lines on standard error, too.
  ///   - additionalLayers: Layers of the program's own.
  ///   - run: Nil takes the pipe's, or makes a random one.
  public init(
    service: String, transport: (any RecordTransport)? = nil, filter: LevelFilter? = nil, modules: Bool = true, visualization: Bool = true,
    distiller: Bool = false, snapshots: SnapshotReports.Options? = nil, standardError: Bool = false,
    storeLimits: TraceStoreLimits = TraceStoreLimits(), additionalLayers: [any TraceLayer] = [], run: String? = nil
  ) {
    // The pipe's session marker names a run, too: it is the same one.
    let run = run ?? (transport as? NamedPipeLogManager)?.runID ?? SpanID.random().description
    var layers: [any TraceLayer] = []
    if (modules && transport != nil) || standardError {
      layers.append(ModuleLayer(transport: modules ? transport : nil, service: service, run: run, writesStandardError: standardError))
    }
    if visualization, let transport { layers.append(TraceVisualizationLayer(transport: transport, service: service, run: run)) }
    let inProcess = distiller || snapshots != nil ? TraceDistillerLayer(service: service, run: run, limits: storeLimits) : nil
    if let inProcess { layers.append(inProcess) }
    self.run = run
    self.layers = layers + additionalLayers
    self.filter = filter ?? LevelFilter.fromEnvironment() ?? .all
    store = inProcess?.store
    self.snapshots = snapshots.flatMap { options in
      inProcess.map { SnapshotReports(store: $0.store, service: service, run: run, options: options) }
    }
    tracer = LayeredTracer(layers: self.layers, filter: self.filter)
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
}

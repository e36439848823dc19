// The options of a program's tracing. Each has a default that suits most programs.

extension LayeredTracing {
  /// The options for creating `LayeredTracing`.
  ///
  ///     var configuration = LayeredTracing.Configuration(service: "shop", transport: NamedPipeLogManager())
  ///     configuration.filter = "info,noisy=off"
  ///     LayeredTracing(configuration).bootstrap()
  public struct Configuration: Sendable {
    /// The program's name.
    public var service: String
    /// Where records go; nil if no layer writes any.
    public var transport: (any RecordTransport)?
    /// The layers that receive spans and logs, in this order.
    public var layers: [Layer] = [.modules, .visualization]
    /// Which logs are also written as readable lines to standard error. Each such log costs its thread two system calls; a line that would
    /// block is dropped.
    public var standardError = StandardErrorLogs.all
    /// Which spans and logs the layers receive. Nil reads `TRACE_DISTILLER_LOG`; if that is not set either, everything is recorded.
    public var filter: LevelFilter?
    /// The name of this execution of the program in records. Nil uses the transport's name for it, or creates a random one.
    public var run: String?
    /// The longest time that the tracer's `forceFlush` waits.
    public var flushBound = Duration.seconds(1)

    /// Records go to the transport, logs to standard error.
    public init(service: String, transport: (any RecordTransport)? = nil) {
      self.service = service
      self.transport = transport
    }
  }

  /// Which logs are written as readable lines to standard error.
  public enum StandardErrorLogs: Sendable, Hashable {
    /// All logs that the filter allows, as in programs without a tracer.
    case all
    /// Logs outside of spans, and logs whose metadata contain `log_type: module`.
    case outsideSpans
    /// No logs.
    case none
  }
}

extension LayeredTracing.Configuration {
  /// A layer that is created once its program is known.
  public struct Layer: Sendable {
    /// The program for which a layer is created.
    public struct Program: Sendable {
      /// The program's name.
      public let service: String
      /// The id of this execution of the program, shared by all its layers.
      public let run: String
      /// Where records go; nil if nowhere.
      public let transport: (any RecordTransport)?
    }

    let make: @Sendable (Program) -> (any TraceLayer)?

    /// A layer created by the closure; no layer if the closure returns nil.
    public init(_ make: @escaping @Sendable (Program) -> (any TraceLayer)?) { self.make = make }

    /// An existing layer.
    public static func existing(_ layer: any TraceLayer) -> Layer { Layer { _ in layer } }

    /// Module logs as records: see `ModuleLayer`.
    public static let modules = Layer { program in
      program.transport.map { ModuleLayer(transport: $0, service: program.service, run: program.run) }
    }

    /// Spans and their logs as records: see `TraceVisualizationLayer`.
    public static let visualization = Layer { program in
      program.transport.map { TraceVisualizationLayer(transport: $0, service: program.service, run: program.run) }
    }
  }
}

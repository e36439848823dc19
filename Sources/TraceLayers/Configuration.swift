// What a program may choose of its tracing, each with a default that suits most.

extension LayeredTracing {
  /// What `LayeredTracing` is made with.
  ///
  ///     var configuration = LayeredTracing.Configuration(service: "shop", transport: NamedPipeLogManager())
  ///     configuration.filter = "info,noisy=off"
  ///     LayeredTracing(configuration).bootstrap()
  public struct Configuration: Sendable {
    /// What the program calls itself.
    public var service: String
    /// Where records go; nil where no layer writes any.
    public var transport: (any RecordTransport)?
    /// Who gets spans and logs, in this order.
    public var layers: [Layer] = [.modules, .visualization]
    /// Which logs are readable lines on standard error, too. A log that is costs its thread two system calls; one that would wait is dropped.
    public var standardError = StandardErrorLogs.all
    /// Which spans and logs the layers get. Nil reads `TRACE_DISTILLER_LOG`, and lets everything through where that is not set.
    public var filter: LevelFilter?
    /// What records call this execution of the program. Nil takes the transport's name for it, or makes a random one.
    public var run: String?
    /// How long the tracer's `forceFlush` waits at most.
    public var flushBound = Duration.seconds(1)

    /// Records to the transport, logs to standard error.
    public init(service: String, transport: (any RecordTransport)? = nil) {
      self.service = service
      self.transport = transport
    }
  }

  /// Which logs are readable lines on standard error.
  public enum StandardErrorLogs: Sendable, Hashable {
    /// All that the filter lets through, as programs without a tracer have it.
    case all
    /// Those outside of spans, and those whose metadata say `log_type: module`.
    case outsideSpans
    /// None.
    case none
  }
}

extension LayeredTracing.Configuration {
  /// One layer, made when it is known which program it is for.
  public struct Layer: Sendable {
    /// The program that a layer is made for.
    public struct Program: Sendable {
      /// What the program calls itself.
      public let service: String
      /// This execution of the program; all its layers share it.
      public let run: String
      /// Where records go, if anywhere.
      public let transport: (any RecordTransport)?
    }

    let make: @Sendable (Program) -> (any TraceLayer)?

    /// A layer that is made so; none where that gives nil.
    public init(_ make: @escaping @Sendable (Program) -> (any TraceLayer)?) { self.make = make }

    /// A layer that is there already.
    public static func existing(_ layer: any TraceLayer) -> Layer { Layer { _ in layer } }

    /// Flat logs for people as records: see `ModuleLayer`.
    public static let modules = Layer { program in
      program.transport.map { ModuleLayer(transport: $0, service: program.service, run: program.run) }
    }

    /// Spans and their logs as records: see `TraceVisualizationLayer`.
    public static let visualization = Layer { program in
      program.transport.map { TraceVisualizationLayer(transport: $0, service: program.service, run: program.run) }
    }
  }
}

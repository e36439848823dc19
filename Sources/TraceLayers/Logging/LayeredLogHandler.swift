// swift-log's events to the layers, with the span that the logging task is in.

public import Logging
import Tracing

/// A log handler that calls the layers. Metadata, level and provider are the handler's own, as swift-log asks.
public struct LayeredLogHandler: LogHandler {
  /// Of this handler alone: a copy of the logger has its own.
  public var metadata: Logger.Metadata = [:]
  /// What is less severe goes nowhere. At first the filter's level for the label, `info` where it says none.
  public var logLevel: Logger.Level
  /// Asked at every log, on the task that logs. The handler's metadata go before its own, those of the call before both.
  public var metadataProvider: Logger.MetadataProvider?

  private let label: String
  private let layers: [any TraceLayer]
  private let filter: LevelFilter

  /// - Parameters:
  ///   - label: The logger's label, which is the target that the filter goes by.
  ///   - filter: Gives the level that the logger begins with. Code may set another; the filter's remains the least.
  public init(label: String, layers: [any TraceLayer], filter: LevelFilter = .all, metadataProvider: Logger.MetadataProvider? = nil) {
    self.label = label
    self.layers = layers
    self.filter = filter
    self.metadataProvider = metadataProvider
    switch filter.decision(for: label) {
    case .unsaid: logLevel = .info
    case .off: logLevel = .critical
    case .from(let level): logLevel = level
    }
  }

  /// One member of `metadata`.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Tells the layers, with the nearest recorded span of the task that logs.
  public func log(event: Logging.LogEvent) {
    guard filter.allows(event.level, target: label) else { return }
    var merged = metadataProvider?.get() ?? [:]
    if merged.isEmpty { merged = metadata } else { merged.merge(metadata) { _, own in own } }
    if let own = event.metadata { merged.merge(own) { _, own in own } }
    if let error = event.error {
      merged["error.message"] = .string(String(describing: error))
      merged["error.type"] = .string(String(reflecting: type(of: error)))
    }
    let isModuleLog = LayeredLogHandler.takeMarker(from: &merged)
    let told = LoggedEvent(
      level: event.level, message: event.message.description, metadata: merged, target: label,
      location: SourceLocation(file: event.file, function: event.function, line: event.line), span: ServiceContext.current?.spanContext,
      isModuleLog: isModuleLog, timeNanos: nanos(DefaultTracerClock.now))
    for layer in layers { layer.logged(told) }
  }

  /// `log_type: module` marks a log for people; the mark itself is no part of what it says.
  private static func takeMarker(from metadata: inout Logger.Metadata) -> Bool {
    guard !metadata.isEmpty, let mark = metadata["log_type"], mark.description == "module" else { return false }
    metadata["log_type"] = nil
    return true
  }
}

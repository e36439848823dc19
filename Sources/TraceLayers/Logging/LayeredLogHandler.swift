// Passes swift-log's events to the layers, with the current span of the logging task.

public import Logging
import Tracing

/// A log handler that calls the layers. Metadata, level and provider belong to the handler, as swift-log requires.
public struct LayeredLogHandler: LogHandler {
  /// The metadata of this handler only: a copy of the logger has its own.
  public var metadata: Logger.Metadata = [:]
  /// Less severe logs are dropped. Initially the filter's level for the label, or `info` if the filter has none.
  public var logLevel: Logger.Level
  /// Called for every log, on the logging task. The handler's metadata override the provider's, and those of the call override both.
  public var metadataProvider: Logger.MetadataProvider?

  private let label: String
  private let layers: [any TraceLayer]
  private let filter: LevelFilter

  /// - Parameters:
  ///   - label: The logger's label, which is the target for the filter.
  ///   - filter: Gives the logger's initial level. Code may set another level, but logs that the filter excludes stay excluded.
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

  /// One entry of `metadata`.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Passes the event to the layers, with the nearest recorded span of the logging task.
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

  /// `log_type: module` marks a module log. The mark itself is removed from the metadata.
  private static func takeMarker(from metadata: inout Logger.Metadata) -> Bool {
    guard !metadata.isEmpty, let mark = metadata["log_type"], mark.description == "module" else { return false }
    metadata["log_type"] = nil
    return true
  }
}

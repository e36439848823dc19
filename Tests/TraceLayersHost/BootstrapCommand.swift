// A program that bootstraps and then uses only swift-log and swift-distributed-tracing. The filter comes from its environment.

import Logging
import TraceLayers
import Tracing

/// `bootstrap PIPE`: module logs and one trace, then an ordinary return from main without a flush of its own.
enum BootstrapCommand {
  static func run(_ arguments: [String]) {
    var configuration = LayeredTracing.Configuration(
      service: "host", transport: NamedPipeLogManager(options: .init(path: arguments[0])))
    // The tests compare everything that it prints.
    configuration.standardError = .none
    LayeredTracing(configuration).bootstrap(metadataProvider: Logger.MetadataProvider { ["request": "r-1"] })

    Logger(label: "plain").info("flat line")
    withSpan("order") { span in
      span.attributes["cart.items"] = 3
      withSpan("hidden by target", context: chosen("noisy.part")) { _ in
        Logger(label: "plain").info("said inside the hidden span")
        withSpan("kept below the hidden") { _ in }
      }
      withSpan("hidden by level", context: chosen("other", .debug)) { _ in
        withSpan("fine detail of my module", context: chosen("my.module.part", .debug)) { _ in }
      }
      for (label, level) in [("my.module.part", Logger.Level.debug), ("other", .debug), ("other", .notice), ("noisy", .critical)] {
        Logger(label: label).log(level: level, "\(label) says \(level)")
      }
    }
  }

  private static func chosen(_ target: String, _ level: Logger.Level = .info) -> ServiceContext {
    var context = ServiceContext.current ?? .topLevel
    context.nextSpan = SpanChoice(target: target, level: level)
    return context
  }
}

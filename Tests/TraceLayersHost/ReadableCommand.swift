// A program without a server: its logs are readable lines on standard error, and go nowhere else.

import Logging
import TraceLayers
import Tracing

/// `readable [outside|none]`: a log outside of spans, one inside, a module log inside, an event of a span.
enum ReadableCommand {
  static func run(_ arguments: [String]) {
    var configuration = LayeredTracing.Configuration(service: "host")
    switch arguments.first {
    case "outside": configuration.standardError = .outsideSpans
    case "none": configuration.standardError = .none
    default: break
    }
    LayeredTracing(configuration).bootstrap()
    let logger = Logger(label: "shop.stock")
    logger.warning("running low", metadata: ["item": "7"])
    withSpan("order") { span in
      logger.error("part of the trace")
      logger.info("for people", metadata: ["log_type": "module"])
      span.addEvent("no log")
    }
  }
}

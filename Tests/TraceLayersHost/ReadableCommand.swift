// What a program does that has no server: its logs as readable lines on standard error, and nothing anywhere else.

import Logging
import TraceLayers
import Tracing

/// `readable [outside|none]`: a log outside of spans, one inside, one inside that is marked for people, an event of a span.
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

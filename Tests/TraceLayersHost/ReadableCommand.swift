// What a program does that has no server: its logs as readable lines on standard error, and nothing anywhere else.

import Logging
import TraceLayers
import Tracing

/// `readable`: a log outside of spans, one inside, one inside that is marked for people.
enum ReadableCommand {
  static func run(_ arguments: [String]) {
    LayeredTracing(service: "host", standardError: true).bootstrap()
    let logger = Logger(label: "shop.stock")
    logger.warning("running low", metadata: ["item": "7"])
    withSpan("order") { _ in
      logger.error("part of the trace")
      logger.info("for people", metadata: ["log_type": "module"])
    }
  }
}

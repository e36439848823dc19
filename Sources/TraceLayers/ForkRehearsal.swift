// Runs once, before a fork, what a child of `fork` may do first: see `ForkLocks.prepare`.

import Logging
import Platform
import Tracing

/// Creates a span and its logs, which are not sent anywhere.
package enum ForkRehearsal {
  static let once: Void = ForkLocks.prepare {
    var configuration = LayeredTracing.Configuration(service: "rehearsal", transport: Nowhere())
    configuration.standardError = .none
    run(LayeredTracing(configuration))
  }

  /// Everything that a program does with a tracer and a logger.
  package static func run(_ tracing: LayeredTracing) {
    let logger = Logger(label: "rehearsal") { tracing.logHandler(label: $0) }
    let shared = tracing.tracer.startSpan("rehearsal", context: .topLevel)
    tracing.tracer.withSpan("rehearsal") { span in
      span.attributes["number"] = 1
      span.attributes["text"] = "text"
      span.attributes["list"] = [1.5, 2.5]
      span.addEvent(SpanEvent(name: "event", attributes: ["flag": true]))
      span.recordError(Failure())
      span.setStatus(.init(code: .error, message: "rehearsal"))
      logger.info("inside", metadata: ["key": "value"])
      logger.warning("inside")
    }
    shared.attributes["number"] = 1
    shared.end()
    logger.error("outside")
    tracing.flush(within: .zero)
  }

  private struct Failure: Error {}

  private struct Nowhere: RecordTransport {
    func send(_ record: UnsafeRawBufferPointer) {}
  }
}

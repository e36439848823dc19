// Proves that the in-process distiller gives the same text, byte for byte, as a server that got the same records through a pipe.

import Logging
import Testing
import Tracing

@testable import TraceDistiller
@testable import TraceLayers
@testable import TraceLayersDistiller
@testable import TraceRecords

@Suite struct InProcessTests {
  @Test func sameTextAsTheServer() async throws {
    let program = Program(distiller: true)
    let (tracer, logger) = (program.tracer, program.logger())
    for round in 0..<3 {
      try? await tracer.withSpan("order", ofKind: .server) { span in
        span.attributes["order.id"] = round
        span.attributes["items"] = ["a", "b\"c"]
        span.attributes["prices"] = [0.1, 2.5]
        await withTaskGroup { group in
          for item in 0..<20 {
            group.addTask {
              await tracer.withSpan("reserve") { inner in
                inner.attributes["item"] = item
                await Task.yield()
                if item == 7 { logger.error("no stock", metadata: ["item": .stringConvertible(item), "where": ["x", ["y": "z"]]]) }
                if item == 8 { logger.warning("low stock\n├─ forged") }
              }
            }
          }
        }
        span.addLink(SpanLink(context: span.context, attributes: ["n": 0.1]))
        if round == 2 { throw SpanContentTests.OutOfStock(item: 3) }
      }
    }
    let open = tracer.startSpan("never ends")
    logger.info("flat")

    var stream = RecordStream()
    var limits = StoreLimits()
    limits.quietNanos = 0
    let server = SharedTraceStore(limits: limits)
    Array((program.collector.lines.joined(separator: "\n") + "\n").utf8).withUnsafeBytes { bytes in
      stream.feed(bytes) { server.apply($0, $1, source: SourceID(0), now: 0) }
    }
    #expect(stream.statistics.lost == 0)
    let store = try #require(program.tracing.store)
    for name in ["t1", "t2", "t3", "t4", "latest", "latest-error"] {
      for locale in ["en", "zh"] {
        for maxChars in [400, 1_500, 12_000] {
          var options = SummaryOptions()
          options.maxChars = maxChars
          options.language = SummaryLanguage(locale: locale)
          let served = try DistilledTrace(server.snapshot(name, now: 0).get()).summary(options).text
          #expect(try store.distill(name, maxChars: maxChars, locale: locale) == served)
        }
      }
    }
    #expect(store.completedTraces().map(\.handle) == ["t1", "t2", "t3"])
    #expect(store.trace("t3")?.status == .error && store.trace("t4")?.status == .running)
    #expect(store.trace("t1")?.spanCount == 21 && store.trace("t1")?.service == "shop")
    open.end()
    #expect(store.trace("t4")?.isComplete == true)
  }

  @Test func namesThatLeadNowhere() throws {
    let program = Program(distiller: true)
    let store = try #require(program.tracing.store)
    #expect(throws: TraceLookupError.empty) { try store.distill() }
    program.tracer.withSpan("a") { _ in }
    #expect(throws: TraceLookupError.self) { try store.distill("nope") }
    #expect(store.trace("nope") == nil)
  }
}

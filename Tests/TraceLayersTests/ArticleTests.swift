// Proves that the program of the article "Instrument a program in five minutes" compiles and gets the answer that the article promises.

import Logging
import Testing
import TraceLayers
import Tracing

@Suite struct ArticleTests {
  func reserve() throws {}

  @Test func programOfTheArticle() throws {
    // Not bootstrapped: that is once a process, and tests share theirs.
    let tracing = LayeredTracing(service: "shop", distiller: true)
    let logger = Logger(label: "shop.orders") { tracing.logHandler(label: $0) }

    try tracing.tracer.withSpan("place order") { span in
      span.attributes["order.id"] = 7
      logger.info("reserving stock")
      try tracing.tracer.withSpan("reserve stock") { _ in try reserve() }
    }

    let text = try #require(try tracing.store?.distill("latest"))
    for part in ["place order", "reserve stock", "order.id=7"] { #expect(text.contains(part), "\(text)") }
  }

  @Test func layersInAnyCombination() {
    for modules in [false, true] {
      for visualization in [false, true] {
        for distiller in [false, true] {
          let collector = LineCollector()
          let tracing = LayeredTracing(
            service: "shop", transport: collector, filter: .all, modules: modules, visualization: visualization, distiller: distiller)
          let logger = Logger(label: "shop") { tracing.logHandler(label: $0) }
          logger.info("flat")
          tracing.tracer.withSpan("a") { _ in logger.info("inside") }
          let flat = collector.lines.filter { $0.contains("\"log_type\":\"module\"") }.count
          #expect(flat == (modules ? 1 : 0) && collector.lines.count - flat == (visualization ? 3 : 0))
          #expect(tracing.store?.traces().map(\.rootName) == (distiller ? ["a"] : nil))
        }
      }
    }
  }
}

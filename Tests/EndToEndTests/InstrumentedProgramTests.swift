// Proves the complete path: spans and logs of a Swift program that uses only swift-log and swift-distributed-tracing go through the
// library's writer thread and a real FIFO into a real server, which names the failure.

import JSON
import Logging
import Testing
import TraceLayers
import TraceLayersDistiller
import Tracing

@Suite struct InstrumentedProgramTests {
  struct CardRefused: Error, CustomStringConvertible { let description = "card refused" }

  @Test func `What a program traced is what the server tells`() async throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    let manager = NamedPipeLogManager(options: .init(path: place.pipe))
    let tracing = LayeredTracing(service: "shop", transport: manager, adding: .distiller())
    let logger = Logger(label: "shop.checkout") { tracing.logHandler(label: $0, metadataProvider: nil) }
    logger.info("outside of any span")
    _ = try? await tracing.tracer.withSpan("checkout") { span in
      span.attributes["cart.items"] = 3
      await withTaskGroup(of: Void.self) { group in
        for symbol in ["EUR", "USD"] {
          group.addTask { tracing.tracer.withSpan("fetch_price") { $0.attributes["currency"] = symbol } }
        }
      }
      try tracing.tracer.withSpan("charge_card") { _ in
        logger.warning("second attempt")
        throw CardRefused()
      }
    }
    manager.flush()
    let statistics = manager.statistics
    #expect(statistics.inFlight == 0 && statistics.dropped == 0 && statistics.delivered == statistics.accepted, "\(statistics)")
    _ = try server.status { $0["store"]?["traces"]?["completed"]?.integer == 1 }
    let summary = try server.ask("trace/summary")
    let text = try #require(summary["text"]?.string)
    for part in [
      "Root: checkout", "❌ failed", "charge_card", "card refused", "fetch_price", "cart.items=3", "currency=EUR", "second attempt",
    ] {
      #expect(text.contains(part), "missing \(part) in\n\(text)")
    }
    #expect(summary["complete"]?.bool == true && summary["lost"] == nil)
    // An error shows where its span began: in this file.
    #expect(text.contains("card refused in charge_card (InstrumentedProgramTests.swift:"), "\(text)")
    let errors = try server.ask("trace/errors")["errors"]?.array ?? []
    let frames = errors.compactMap { $0["stackTop"]?[0]?.string }
    #expect(frames.contains { $0.hasPrefix("EndToEndTests/InstrumentedProgramTests.swift:") }, "\(errors)")
    // The program's own store gives the same text, once it has had the same quiet time.
    let store = try #require(tracing.store)
    while store.completedTraces().isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    #expect(try store.distill("t1") == text)
    for (locale, maxChars) in [("zh", 12_000), ("en", 500)] {
      let served = try server.ask("trace/summary", ["traceId": "t1", "locale": .string(locale), "maxChars": .integer(Int64(maxChars))])
      #expect(try store.distill("t1", maxChars: maxChars, locale: locale) == served["text"]?.string)
    }
    let status = try server.ask("server/status")
    #expect(status["store"]?["missingRecords"]?.integer == 0 && status["store"]?["producers"]?.integer == 1)
    #expect(status["store"]?["counters"]?["moduleLogs"]?.integer == 1, "\(status.serializedString)")
  }
}

// Proves that all data of a span reaches its records: attributes, events, links, status, errors, kind, location.

import Testing
import Tracing

@testable import TraceLayers
@testable import TraceRecords

@Suite struct SpanContentTests {
  let program = Program()
  var tracer: LayeredTracer { program.tracer }

  struct OutOfStock: Error, CustomStringConvertible {
    var item: Int
    var description: String { "item \(item) is out of stock" }
  }

  @Test func startTellsKindAndPlace() throws {
    tracer.withSpan("call", ofKind: .client, at: Instant(5)) { _ in }
    let start = try #require(try program.records().first)
    #expect(start.time == 5 && start.spanKind == .client && start.target == "TraceLayersTests")
    #expect(start.service == "shop" && start.run == "run-1" && start.level == .info)
    #expect(start.attributes["code.file.path"] == "s:TraceLayersTests/SpanContentTests.swift")
    #expect(start.attributes["code.function.name"] == "s:startTellsKindAndPlace()")
    #expect(start.attributes["code.line.number"]?.hasPrefix("i:") == true)
  }

  @Test func attributesKeepTheirTypes() throws {
    tracer.withSpan("a") { span in
      span.attributes["int"] = -7
      span.attributes["double"] = 1.5
      span.attributes["bool"] = true
      span.attributes["text"] = "x"
      span.attributes["ints"] = [1, 2]
      span.attributes["texts"] = ["a\"b", "c"]
      span.attributes["nan"] = Double.nan
      span.updateAttributes { $0["gone"] = 1 }
      span.attributes["gone"] = SpanAttribute?.none
    }
    #expect(
      try program.end("a").attributes == [
        "int": "i:-7", "double": "d:1.5", "bool": "b:true", "text": "s:x", "ints": "j:[1,2]", "texts": #"j:["a\"b","c"]"#, "nan": "s:NaN",
      ])
  }

  @Test func eventsBecomeLogsOfTheSpan() throws {
    tracer.withSpan("a") { span in
      span.addEvent(SpanEvent(name: "cache miss", at: Instant(9), attributes: ["key": "k1"]))
    }
    let records = try program.records()
    #expect(records.map(\.kind) == [.spanStart, .log, .spanEnd])
    #expect(records[1].message == "cache miss" && records[1].time == 9 && records[1].attributes == ["key": "s:k1"])
    #expect(records[1].spanID == records[0].spanID && records[1].traceID == records[0].traceID)
  }

  @Test func links() throws {
    let other = tracer.startSpan("other")
    tracer.withSpan("a") { span in
      span.addLink(other, attributes: ["why": "retry"])
      span.addLink(SpanLink(context: .topLevel, attributes: [:]))
    }
    let ids = try #require(other.context.spanContext)
    #expect(
      try program.end("a").attributes["otel.links"]
        == "j:[{\"trace_id\":\"\(ids.traceID)\",\"span_id\":\"\(ids.spanID)\",\"attributes\":{\"why\":\"retry\"}}]")
  }

  @Test func status() throws {
    tracer.withSpan("fine") { $0.setStatus(SpanStatus(code: .ok)) }
    tracer.withSpan("bad") { $0.setStatus(SpanStatus(code: .error, message: "no")) }
    tracer.withSpan("unset") { _ in }
    #expect(try program.end("fine").status == .ok)
    #expect(try program.end("bad").status == .error)
    #expect(try program.end("bad").message == "no")
    #expect(try program.end("unset").status == .unset)
  }

  @Test func thrownErrorFailsTheSpanWithItsMessage() throws {
    #expect(throws: OutOfStock.self) { try tracer.withSpan("a") { _ in throw OutOfStock(item: 7) } }
    let records = try program.records()
    #expect(records.map(\.kind) == [.spanStart, .log, .spanEnd])
    #expect(records[1].level == .error && records[1].message == "item 7 is out of stock")
    #expect(records[1].attributes["exception.type"]?.hasSuffix("OutOfStock") == true)
    #expect(records[2].status == .error && records[2].message == "item 7 is out of stock")
  }

  @Test func thrownErrorFailsAnAsynchronousSpan() async throws {
    await #expect(throws: OutOfStock.self) {
      try await tracer.withSpan("a") { _ in
        await Task.yield()
        throw OutOfStock(item: 8)
      }
    }
    #expect(try program.end("a").message == "item 8 is out of stock")
  }

  @Test func recordedErrorIsAnErrorLog() throws {
    tracer.withSpan("a") { $0.recordError(OutOfStock(item: 1), attributes: ["attempt": 2]) }
    let log = try program.records()[1]
    #expect(log.level == .error && log.attributes["attempt"] == "i:2")
    #expect(try program.end("a").status == .unset)
  }

  @Test func renamedSpan() throws {
    let span = tracer.startSpan("before")
    span.operationName = "after"
    span.end()
    #expect(try program.end("after").kind == .spanEnd)
  }
}

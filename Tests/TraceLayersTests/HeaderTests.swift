// Proves that a trace continues in another process through W3C headers, with baggage, and that malformed headers are ignored.

import Testing
import Tracing

@testable import TraceLayers
@testable import TraceRecords

@Suite struct HeaderTests {
  let program = Program()

  struct Headers: Injector, Extractor {
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
    func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
  }

  @Test func roundTrip() throws {
    var carrier: [String: String] = [:]
    let span = program.tracer.startSpan("client")
    var context = span.context
    context.baggageHeader = "user=alice"
    program.tracer.inject(context, into: &carrier, using: Headers())
    let ids = try #require(context.spanContext)
    #expect(carrier == ["traceparent": "00-\(ids.traceID)-\(ids.spanID)-01", "baggage": "user=alice"])
    carrier["tracestate"] = "vendor=1"

    let server = Program()
    var received = ServiceContext.topLevel
    server.tracer.extract(carrier, into: &received, using: Headers())
    try server.tracer.withSpan("server", context: received) { _ in
      let inner = try #require(ServiceContext.current)
      #expect(inner.baggageHeader == "user=alice")
      var next: [String: String] = [:]
      server.tracer.inject(inner, into: &next, using: Headers())
      #expect(next["tracestate"] == "vendor=1" && next["baggage"] == "user=alice")
      #expect(next["traceparent"]?.hasPrefix("00-\(ids.traceID)-") == true && next["traceparent"] != carrier["traceparent"])
    }
    let start = try #require(try server.records().first)
    #expect(start.traceID == ids.traceID.description && start.parentID == ids.spanID.description && start.parent == .span)
  }

  @Test(arguments: [
    "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
  ]) func brokenParentIsLeftOut(_ header: String) {
    var context = ServiceContext.topLevel
    program.tracer.extract(["traceparent": header, "baggage": "a=b\r\nX: y"], into: &context, using: Headers())
    #expect(context.spanContext == nil && context.baggageHeader == nil)
  }

  @Test func laterVersionMayAppend() {
    #expect(TraceParent.parse("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more") != nil)
  }

  @Test func idsAreRandomAndWellFormed() {
    let traces = Set((0..<1_000).map { _ in TraceID.random().description })
    let spans = Set((0..<1_000).map { _ in SpanID.random().description })
    #expect(traces.count == 1_000 && spans.count == 1_000)
    let digits = Set("0123456789abcdef")
    #expect(traces.allSatisfy { $0.count == 32 && $0.allSatisfy(digits.contains) })
    #expect(spans.allSatisfy { $0.count == 16 && $0.allSatisfy(digits.contains) })
    #expect(TraceID(high: 0, low: 0) == nil && SpanID(0) == nil)
    #expect(SpanID(0x0102)?.description == "0000000000000102")
  }
}

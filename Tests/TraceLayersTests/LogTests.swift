// Proves where logs go: to the enclosing span, or to the module logs; and that handlers are values.

import Logging
import Synchronization
import Testing
import Tracing

@testable import TraceLayers
@testable import TraceRecords

@Suite struct LogTests {
  let program = Program()

  @Test func logOutsideSpansIsAModuleLog() throws {
    program.logger().warning("low", metadata: ["item": "7", "count": .stringConvertible(3), "tags": ["a", "b"]])
    let record = try #require(try program.records().first)
    #expect(record.kind == .moduleLog && record.level == .warn && record.message == "low" && record.target == "shop.test")
    #expect(record.attributes["item"] == "s:7" && record.attributes["count"] == "i:3" && record.attributes["tags"] == #"j:["a","b"]"#)
    #expect(record.run == "run-1")
  }

  @Test func logInsideASpanBelongsToIt() async throws {
    let logger = program.logger()
    await program.tracer.withSpan("a") { _ in
      await Task.yield()
      logger.error("boom", metadata: ["code": .stringConvertible(42)])
      logger.warning("hm")
    }
    let records = try program.records()
    #expect(records.map(\.kind) == [.spanStart, .log, .log, .spanEnd])
    #expect(records[1].level == .error && records[1].message == "boom" && records[1].attributes["code"] == "i:42")
    #expect(records[1].spanID == records[0].spanID && records[2].level == .warn)
    #expect(records[1].attributes["code.function.name"] == "s:logInsideASpanBelongsToIt()")
  }

  @Test func markedLogInsideASpanIsFlat() throws {
    let logger = program.logger()
    program.tracer.withSpan("a") { _ in logger.info("for people", metadata: ["log_type": "module", "x": "1"]) }
    let records = try program.records()
    #expect(records.map(\.kind) == [.spanStart, .moduleLog, .spanEnd])
    #expect(records[1].attributes["x"] == "s:1" && records[1].attributes["log_type"] == nil)
    #expect(records[1].traceID == records[0].traceID && records[1].spanID == records[0].spanID && records[1].name == "a")
    #expect(records[1].attributes["span"] == nil && records[1].service == records[0].service)
  }

  @Test func metadataCannotSpeakForTheRecord() throws {
    program.logger().info("m", metadata: ["run": "forged", "seq": "9", "producer": "forged", "event_type": "gap"])
    let record = try #require(try program.records().first)
    #expect(record.kind == .moduleLog && record.run == "run-1" && record.attributes["metadata.run"] == "s:forged")
  }

  @Test func loggedErrorsBringTheirTypeAndMessage() throws {
    program.logger().error("failed", error: SpanContentTests.OutOfStock(item: 3))
    let record = try #require(try program.records().first)
    #expect(record.attributes["error.message"] == "s:item 3 is out of stock")
  }

  @Test func handlersAreValues() {
    var first = program.logger()
    first[metadataKey: "shared"] = "1"
    first.logLevel = .debug
    var second = first
    second[metadataKey: "shared"] = "2"
    second.logLevel = .error
    #expect(first[metadataKey: "shared"] == "1" && first.logLevel == .debug)
    #expect(second[metadataKey: "shared"] == "2" && second.logLevel == .error)
  }

  @Test func metadataOfTheCallWinsOverTheHandlersOverTheProviders() throws {
    let provider = Logger.MetadataProvider { ["a": "provider", "b": "provider", "c": "provider"] }
    var logger = Logger(label: "x") { program.tracing.logHandler(label: $0, metadataProvider: provider) }
    logger[metadataKey: "b"] = "handler"
    logger[metadataKey: "c"] = "handler"
    logger.info("m", metadata: ["c": "call"])
    let attributes = try #require(try program.records().first).attributes
    #expect(attributes["a"] == "s:provider" && attributes["b"] == "s:handler" && attributes["c"] == "s:call")
  }

  @Test func valueThatLogsWhileItIsWritten() throws {
    struct Chatty: CustomStringConvertible, Sendable {
      var logger: Logger
      var description: String {
        logger.info("inner")
        return "outer value"
      }
    }
    let logger = program.logger()
    logger.info("outer", metadata: ["v": .stringConvertible(Chatty(logger: logger))])
    #expect(try program.records().map(\.message) == ["inner", "outer"])
    #expect(try program.records().last?.attributes["v"] == "s:outer value")
  }

  @Test func readableLineHoldsNoControlCharacters() {
    let event = LoggedEvent(level: .info, message: "a\nb\u{1B}[31m", metadata: ["k": "v"], target: "t", timeNanos: 0)
    #expect(ReadableLines.text(event) == #"1970-01-01T00:00:00.000Z INFO t: a\nb\u{1B}[31m k=v"#)
  }
}

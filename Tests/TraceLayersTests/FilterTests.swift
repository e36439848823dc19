// Proves which targets a filter allows, and that children of filtered spans have the nearest recorded ancestor as parent.

import Logging
import Testing
import Tracing

@testable import TraceLayers
@testable import TraceRecords

@Suite struct FilterTests {
  @Test(arguments: [
    ("info,my.module=debug,noisy=off", "other", "info"), ("info,my.module=debug,noisy=off", "my.module", "debug"),
    ("info,my.module=debug,noisy=off", "my.module.part", "debug"), ("info,my.module=debug,noisy=off", "my.modules", "info"),
    ("info,my.module=debug,noisy=off", "noisy::deep", "off"), ("a=warn,a.b=trace", "a.b.c", "trace"), ("a.b=trace,a=warn", "a.b", "trace"),
    ("a=warn,a=error", "a", "error"), (" info , a = ERROR ", "a", "error"), ("a", "a", "trace"), ("a", "b", "unsaid"), ("", "b", "unsaid"),
    ("off", "b", "off"), ("debug,info", "b", "info"), ("warn", "a", "warning"), ("a=notice", "a", "notice"),
  ]) func decision(_ text: String, _ target: String, _ expected: String) {
    let found: String =
      switch LevelFilter(text).decision(for: target) {
      case .unsaid: "unsaid"
      case .off: "off"
      case .from(let level): level.rawValue
      }
    #expect(found == expected)
    #expect(LevelFilter(text).skippedDirectives.isEmpty)
  }

  @Test func whatCannotBeReadIsSkippedAndListed() {
    let filter = LevelFilter("info,a=loud,=debug,x=y=z,[span]=info,,b=debug")
    #expect(filter.skippedDirectives == ["a=loud", "=debug", "x=y=z", "[span]=info"])
    #expect(filter.decision(for: "a") == .from(.info) && filter.decision(for: "b") == .from(.debug))
  }

  @Test func logs() throws {
    let program = Program(filter: "warning,chatty=debug,silent=off")
    program.logger("other").info("no")
    program.logger("other").warning("yes")
    program.logger("chatty.part").debug("yes too")
    var silent = program.logger("silent")
    silent.critical("no")
    silent.logLevel = .trace
    silent.critical("still no")
    #expect(try program.records().map(\.message) == ["yes", "yes too"])
  }

  @Test func codeSetsTheLevelWhereTheFilterSaysNothing() throws {
    let program = Program()
    var logger = program.logger()
    logger.debug("no")
    logger.logLevel = .debug
    logger.debug("yes")
    #expect(try program.records().map(\.message) == ["yes"])
  }

  @Test func childrenOfAFilteredOutSpanHangOnTheNearestKeptAncestor() throws {
    let program = Program(filter: "quiet=off")
    let (tracer, logger) = (program.tracer, program.logger())
    tracer.withSpan("top") { _ in
      tracer.withSpan("middle", context: chosen("quiet.part")) { middle in
        #expect(!middle.isRecording)
        middle.attributes["lost"] = 1
        middle.addEvent("lost")
        logger.info("seen")
        tracer.withSpan("bottom") { _ in }
      }
    }
    #expect(try program.tree() == ["top", "bottom<top"])
    let records = try program.records()
    #expect(records.first { $0.message == "seen" }?.spanID == records[0].spanID)
    #expect(!records.contains { $0.message == "lost" })
  }

  @Test func levelOfASpan() throws {
    let program = Program(filter: "info")
    program.tracer.withSpan("kept") { _ in }
    program.tracer.withSpan("fine detail", context: chosen(nil, .debug)) { _ in }
    program.tracer.withSpan("loud", context: chosen(nil, .error)) { _ in program.tracer.withSpan("inner") { _ in } }
    #expect(try program.tree() == ["kept", "loud", "inner<loud"])
    #expect(try program.records().first { $0.name == "loud" }?.level == .error)
    #expect(try program.records().first { $0.name == "inner" }?.level == .info)
  }

  private func chosen(_ target: String?, _ level: Logger.Level = .info) -> ServiceContext {
    var context = ServiceContext.current ?? .topLevel
    context.nextSpan = SpanChoice(target: target, level: level)
    return context
  }
}

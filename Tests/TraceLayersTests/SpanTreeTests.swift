// Proves that spans have the right parents, whatever tasks they run in, and that each ends once.

import Synchronization
import Testing
import Tracing

@testable import TraceLayers
@testable import TraceRecords

@Suite struct SpanTreeTests {
  let program = Program()
  var tracer: LayeredTracer { program.tracer }

  @Test func synchronousNesting() throws {
    tracer.withSpan("a") { _ in
      tracer.withSpan("b") { _ in tracer.withSpan("c") { _ in } }
      tracer.withSpan("d") { _ in }
    }
    tracer.withSpan("e") { _ in }
    #expect(try program.tree() == ["a", "b<a", "c<b", "d<a", "e"])
  }

  @Test func asynchronousNesting() async throws {
    await tracer.withSpan("a") { _ in
      await Task.yield()
      await tracer.withSpan("b") { _ in await Task.yield() }
      await tracer.withSpan("c") { _ in await Task.yield() }
    }
    #expect(try program.tree() == ["a", "b<a", "c<a"])
  }

  @Test func childTasksInherit() async throws {
    await tracer.withSpan("a") { _ in
      await withTaskGroup { group in
        for index in 0..<50 {
          group.addTask {
            await self.tracer.withSpan("child\(index)") { _ in
              await Task.yield()
              await self.tracer.withSpan("inner\(index)") { _ in await Task.yield() }
            }
          }
        }
      }
      async let late: Void = tracer.withSpan("async-let") { _ in }
      _ = await late
      await Task { tracer.withSpan("unstructured") { _ in } }.value
    }
    let tree = Set(try program.tree())
    #expect(tree.count == 103)
    for index in 0..<50 { #expect(tree.contains("child\(index)<a") && tree.contains("inner\(index)<child\(index)")) }
    #expect(tree.contains("async-let<a") && tree.contains("unstructured<a"))
  }

  @Test func detachedTasksHaveNoParentUnlessGivenOne() async throws {
    await tracer.withSpan("a") { span in
      await Task.detached { self.tracer.withSpan("alone") { _ in } }.value
      await Task.detached { self.tracer.withSpan("given", context: span.context) { _ in } }.value
    }
    #expect(try program.tree() == ["a", "alone", "given<a"])
  }

  @Test func cancelledTask() async throws {
    let task = Task {
      try await tracer.withSpan("a") { _ in
        try await tracer.withSpan("b") { _ in try await Task.sleep(for: .seconds(60)) }
      }
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try program.tree() == ["a", "b<a"])
    #expect(try program.end("b").status == .error)
    #expect(try program.end("b").message == "CancellationError()")
    #expect(try program.end("a").status == .error)
  }

  @Test func spanThatNeverEndsStaysOpen() throws {
    let open = tracer.startSpan("open")
    tracer.withSpan("child", context: open.context) { _ in }
    #expect(try program.tree() == ["open", "child<open"])
    #expect(try program.records().filter { $0.kind == .spanEnd }.map(\.name) == ["child"])
  }

  @Test func endsOnceAndTakesNothingAfterwards() throws {
    let span = tracer.startSpan("a", at: Instant(1_000))
    #expect(span.isRecording)
    span.end(at: Instant(1_501))
    span.attributes["late"] = 1
    span.operationName = "late"
    span.addEvent("late")
    span.end(at: Instant(9_000))
    #expect(!span.isRecording)
    let records = try program.records()
    #expect(records.map(\.kind) == [.spanStart, .spanEnd])
    #expect(records[1].duration == 501)
    #expect(records[1].name == "a" && records[1].attributes.isEmpty)
  }

  @Test func clockThatIsSetBackGivesNoNegativeDuration() throws {
    let span = tracer.startSpan("a", at: Instant(1_000))
    span.end(at: Instant(10))
    #expect(try program.end("a").duration == 0)
  }

  @Test func attributesFromManyThreadsAreAllKept() async throws {
    let span = tracer.startSpan("a")
    await withTaskGroup { group in
      for index in 0..<200 { group.addTask { span.attributes["k\(index)"] = index } }
    }
    span.end()
    #expect(try program.end("a").attributes.count == 200)
  }

  @Test func activeSpanIsTheTracersOwn() {
    tracer.withSpan("a") { span in
      #expect(ServiceContext.current.flatMap { tracer.activeSpan(identifiedBy: $0) } === span)
    }
  }
}

struct Instant: TracerInstant {
  var nanosecondsSinceEpoch: UInt64

  init(_ nanos: UInt64) { nanosecondsSinceEpoch = nanos }

  static func < (left: Instant, right: Instant) -> Bool { left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch }
}

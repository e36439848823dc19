// Proves that a flush waits for earlier records and no longer than its bound, and that a shutdown ends everything once and counts later
// records.

import Logging
import Synchronization
import Testing
import Tracing

@testable import TraceLayers

@Suite struct FlushTests {
  /// Records the calls that it gets, and reports that something waits.
  private final class AskedLayer: TraceLayer {
    let asked = Mutex<[String]>([])
    func spanStarted(_ span: SpanStarted) {}
    func spanEnded(_ end: SpanEnded) {}
    func logged(_ event: LoggedEvent) {}
    func flush(within bound: Duration) -> Bool {
      asked.withLock { $0.append(bound > .zero && bound <= .seconds(2) ? "flush" : "flush \(bound)") }
      return false
    }
    func shutdown(within bound: Duration) { asked.withLock { $0.append("shutdown") } }
  }

  private func reading() throws -> TestPipe {
    let pipe = try TestPipe()
    pipe.openReader()
    return pipe
  }

  @Test func `The tracer's flush reaches every layer with the bound, and tells that something waits`() {
    let layer = AskedLayer()
    let tracer = LayeredTracer(layers: [layer, layer], flushBound: .seconds(2))
    tracer.forceFlush()
    #expect(!tracer.flush(within: .seconds(1)))
    tracer.shutdown()
    #expect(layer.asked.withLock { $0 } == ["flush", "flush", "flush", "flush", "shutdown", "shutdown"])
    #expect(LayeredTracer(layers: []).flush(within: .zero))
  }

  @Test func `forceFlush waits until everything is in the pipe`() throws {
    let pipe = try reading()
    let manager = NamedPipeLogManager(options: .init(path: pipe.path))
    let tracer = LayeredTracing(service: "shop", transport: manager).tracer
    for number in 0..<50 { tracer.withSpan("span \(number)") { _ in } }
    tracer.forceFlush()
    let statistics = manager.statistics
    #expect(statistics.accepted == 100 && statistics.delivered == 100 && statistics.inFlight == 0, "\(statistics)")
  }

  @Test func `A flush without a reader returns and tells that something waits`() {
    let manager = NamedPipeLogManager(options: .init(path: "/tmp/trace-layers-nobody-\(UInt32.random(in: 0...UInt32.max)).pipe"))
    let tracer = LayeredTracing(service: "shop", transport: manager).tracer
    tracer.withSpan("a") { _ in }
    #expect(!tracer.flush(within: .seconds(3_600)))
    #expect(manager.statistics.inFlight == 2)
    // These records will never be read: they are dropped and counted.
    tracer.shutdown(within: .seconds(20))
    #expect(manager.statistics.inFlight == 0 && manager.statistics.droppedShutdown == 2, "\(manager.statistics)")
  }

  @Test func `A shutdown writes what waits, closes the pipe, and counts what comes later as dropped`() throws {
    let pipe = try reading()
    let manager = NamedPipeLogManager(options: .init(path: pipe.path))
    let tracing = LayeredTracing(service: "shop", transport: manager)
    tracing.tracer.withSpan("before") { _ in }
    for _ in 0..<3 { tracing.tracer.shutdown(within: .seconds(20)) }
    let ended = manager.statistics
    #expect(ended.delivered == 2 && ended.dropped == 0, "\(ended)")
    // The marker, the span's two records, and then the end: the pipe is no longer open for writing.
    let lines = try pipe.linesToTheEnd()
    #expect(lines.count == 3 && lines.allSatisfy { !$0.contains("after") }, "\(lines)")
    tracing.tracer.withSpan("after") { _ in }
    let later = manager.statistics
    #expect(later.accepted == 4 && later.delivered == 2 && later.droppedShutdown == 2 && later.inFlight == 0, "\(later)")
    #expect(tracing.tracer.flush(within: .seconds(3_600)))
  }

  @Test(arguments: [Duration.seconds(-1), .zero, .milliseconds(1), .seconds(Int64.max)])
  func `A deadline takes any bound`(_ bound: Duration) {
    let left = Deadline(within: bound).left
    #expect(left >= .zero && left <= max(.zero, min(bound, .seconds(3_155_760_000))))
  }
}

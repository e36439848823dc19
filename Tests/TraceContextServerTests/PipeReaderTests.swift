// Proves that a pipe is read from the moment its reader is created: what a program writes before the thread has begun is not lost.

import Foundation
import Platform
import Testing
import TraceDistiller
import TraceRecords

@testable import TraceContextServer

struct PipeReaderTests {
  @Test(.timeLimit(.minutes(1))) func whatIsWrittenBeforeTheThreadHasBegunIsRead() async throws {
    let folder = NSTemporaryDirectory() + "pipe-reader-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = SharedTraceStore()
    let path = PipePath.resolve(option: folder + "/p.pipe", environment: [:])
    let reader = try PipeReader(
      paths: [path], store: store, maxLineBytes: RecordStream.defaultMaxLineBytes, clock: { MonotonicClock.nanos }, onEvent: { _ in })
    let writer = open(path.path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
    try #require(writer >= 0, "nobody reads: \(String(cString: strerror(errno)))")
    let line = Array((RecordLines.span(TestSpan(id: "s1", name: "early", start: 0, duration: 1), trace: "t", service: "shop") + "\n").utf8)
    #expect(line.withUnsafeBytes { write(writer, $0.baseAddress, $0.count) } == line.count)
    close(writer)
    let changes = AsyncStream<Void>.makeStream()
    let observation = store.observe(.changed) { _ in changes.continuation.yield() }
    try reader.start()
    for await _ in changes.stream { break }
    #expect(store.overviews(now: MonotonicClock.nanos).lines.map(\.rootName) == ["early"])
    withExtendedLifetime(observation) {}
  }
}

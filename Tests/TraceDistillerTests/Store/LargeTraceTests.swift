// Proves that a trace of very many spans, as one chain or as one fan, is built, analysed and freed without recursion.

import Testing

@testable import TraceDistiller
@testable import TraceRecords

@Suite struct LargeTraceTests {
  private static let count = 1_000_000

  @Test func aChainIsAnalysedAndFreed() throws {
    // Each span is the child of the previous one, a nanosecond inside it on both sides.
    let count = Self.count
    let trace = build(count) { row in (row - 1, Int64(row), Int64(2 * count - row)) }
    let tree = CallTree(try #require(trace.snapshot("t")).storage)
    #expect(tree.roots.map(\.isOrphan) == [false])
    #expect(tree.diagnostics.isEmpty)
    let path = tree.criticalPath(root: tree.roots[0].row)
    #expect(path.segments.count == 2 * count - 1)
    #expect(path.segments.reduce(0) { $0 + $1.nanos } == Int64(2 * count))
    #expect(tree.heaviestChain(root: tree.roots[0].row).count == count)
    let own = tree.selfTimes().nanos
    #expect(own.dropLast().allSatisfy { $0 == 2 } && own.reduce(0, +) == Int64(2 * count))
    #expect(tree.parentsFirst.count == count)
    let line = trace.store.overviews(now: 0)[0]
    #expect(line.spanCount == count && line.durationNanos == Int64(2 * count) && line.status == .ok)
  }

  @Test func aFanIsAnalysedAndFreed() throws {
    // One root with consecutive children without pauses.
    let count = Self.count
    let trace = build(count) { row in row == 0 ? (-1, 0, Int64(count)) : (0, Int64(row), Int64(row + 1)) }
    let tree = CallTree(try #require(trace.snapshot("t")).storage)
    #expect(tree.children(of: tree.roots[0].row).count == count - 1)
    let path = tree.criticalPath(root: tree.roots[0].row)
    #expect(path.segments.count == count)
    #expect(path.segments.reduce(0) { $0 + $1.nanos } == Int64(count))
    let own = tree.selfTimes().nanos
    #expect(own.allSatisfy { $0 == 1 })
  }

  @Test func aCycleOfManySpansIsCutOnce() throws {
    let count = Self.count / 20
    let trace = build(count) { row in ((row + count - 1) % count, Int64(row), Int64(row + 1)) }
    let tree = CallTree(try #require(trace.snapshot("t")).storage)
    #expect(tree.roots == [CallTree.Root(row: 0, isOrphan: true)])
    #expect(tree.parentsFirst.count == count)
    #expect(tree.selfTimes().nanos.allSatisfy { $0 >= 0 })
  }

  /// A trace of complete spans: parent (−1 for a root), start and end in nanoseconds.
  private func build(_ count: Int, _ span: (Int) -> (parent: Int, start: Int64, end: Int64)) -> StoreHarness {
    let trace = StoreHarness { $0.maxBytes = 1 << 30 }
    var batch = RecordBatch()
    for row in 0..<count {
      let (parent, start, end) = span(row)
      var record = Record(.span, format: .native)
      record.traceID = batch.add(text: "t")
      record.spanID = batch.add(text: String(row, radix: 36))
      record.name = batch.add(text: "n")
      record.parent = parent < 0 ? .root : .span
      if parent >= 0 { record.parentID = batch.add(text: String(parent, radix: 36)) }
      record.timeNanos = end
      record.startNanos = start
      record.durationNanos = end - start
      batch.add(record)
      guard row % 1_024 == 1_023 || row == count - 1 else { continue }
      trace.feed(batch)
      batch.removeAll()
    }
    return trace
  }
}

// The traces of the program in the program itself: the server's own store, fed with the very records that the pipe would carry.

import TraceDistiller
public import TraceLayers
import TraceRecords

/// Keeps call trees in memory, within a bound, and answers with the server's text.
public final class TraceDistillerLayer: TraceLayer {
  /// What the layer has seen so far.
  public let store: TraceStore
  /// The reports of those traces, where they were asked for.
  public let snapshots: SnapshotReports?
  private let origin: RecordOrigin

  /// - Parameters:
  ///   - service: What the program calls itself.
  ///   - run: One execution of the program; all layers of a program share it.
  ///   - limits: Bounds of what is kept.
  ///   - snapshots: Reports of the traces as files, for a while after the start and at exit; none where nil.
  public init(
    service: String, run: String, limits: TraceStoreLimits = TraceStoreLimits(), snapshots: SnapshotReports.Options? = nil
  ) {
    RowMemory.prepare()
    let store = TraceStore(limits: limits)
    self.store = store
    self.snapshots = snapshots.map { SnapshotReports(store: store, service: service, run: run, options: $0) }
    origin = RecordOrigin(service: service, run: run)
  }

  /// Puts the span into the store, which shows it as running.
  public func spanStarted(_ span: SpanStarted) {
    RowMemory.withRows { rows in
      rows.spanStarted(span, origin: origin)
      store.take(rows.batch)
    }
  }

  /// Completes the span in the store.
  public func spanEnded(_ end: SpanEnded) {
    RowMemory.withRows { rows in
      if rows.spanEnded(end, origin: origin) { return store.take(rows.batch) }
      ThreadLine.withLine { line in
        line.spanEnded(end, origin: origin)
        store.take(line.bytes)
      }
    }
  }

  /// Adds what was logged inside a span to it; module logs are not kept.
  public func logged(_ event: LoggedEvent) {
    guard let span = event.span, !event.isModuleLog else { return }
    RowMemory.withRows { rows in
      if rows.spanLog(event, in: span, origin: origin) { return store.take(rows.batch) }
      ThreadLine.withLine { line in
        line.spanLog(event, in: span, origin: origin)
        store.take(line.bytes)
      }
    }
  }

  /// Writes the report that would come at exit, if there are reports, and ends them. The traces stay, and go on.
  public func shutdown(within bound: Duration) { snapshots?.shutdown(within: bound) }
}

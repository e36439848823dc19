// Keeps the program's traces inside the program: the same store as in the server, with the same records that the pipe would carry.

import TraceDistiller
public import TraceLayers
import TraceRecords

/// Keeps call trees in memory, within a limit, and returns the same text as the server.
public final class TraceDistillerLayer: TraceLayer {
  /// The traces that the layer has seen so far.
  public let store: TraceStore
  /// The reports of those traces, if they were configured.
  public let snapshots: SnapshotReports?
  private let origin: RecordOrigin

  /// - Parameters:
  ///   - service: The program's name.
  ///   - run: The id of this execution of the program, shared by all its layers.
  ///   - limits: The limits for kept traces.
  ///   - snapshots: Writes reports of the traces as files, for a while after the start and at exit; nil for none.
  public init(
    service: String, run: String, limits: TraceStoreLimits = TraceStoreLimits(), snapshots: SnapshotReports.Options? = nil
  ) {
    RowMemory.prepare()
    let store = TraceStore(limits: limits)
    self.store = store
    self.snapshots = snapshots.map { SnapshotReports(store: store, service: service, run: run, options: $0) }
    origin = RecordOrigin(service: service, run: run)
  }

  /// Adds the span to the store, which shows it as running.
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

  /// Adds a log inside a span to the span. Module logs are not kept.
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

  /// Writes the report for exit, if there are reports, and ends them. The traces are kept, and recording continues.
  public func shutdown(within bound: Duration) { snapshots?.shutdown(within: bound) }
}

// A trace for another tool. Each format is one file beside this one; all of them are made page by page under a bound, and every page is a
// document that its tool opens.

import TraceRecords

package enum ExportFormat: String, Sendable, CaseIterable {
  /// OpenTelemetry's JSON, one batch a line.
  case otlp
  /// The trace events of Chrome, for chrome://tracing and Perfetto.
  case chrome
  case speedscope
  /// One line a stack with its weight, for flame graphs.
  case folded
}

/// What a folded stack counts.
package enum ExportWeight: String, Sendable, CaseIterable {
  /// Nanoseconds of self time: concurrent spans add up to more than the root.
  case selfTime = "self"
  /// Nanoseconds on the critical path: they add up to the root's duration.
  case critical
  case count
}

/// One page of an export.
package struct ExportPage: Sendable {
  package var text: String
  /// Entries (spans, logs without a span, stacks) before and within this page, and of the whole.
  package var end: Int
  package var total: Int
  /// Spans that the page speaks of, and their self time.
  package var shown: SummaryShare

  package var isCut: Bool { end < total }
}

/// A format's writer, with everything worked out that its pages share.
protocol ExportWriter: Sendable {
  /// Entries in order from `start` on, while the text stays within `budget`; at least one where `isForced`.
  func page(from start: Int, budget: Int, isForced: Bool) -> ExportPage
}

/// A trace made ready to be written in one format.
package struct TraceExport: Sendable {
  private let writer: any ExportWriter

  /// - Complexity: O(n log n) time, O(n) memory; no recursion.
  package init(_ trace: DistilledTrace, format: ExportFormat, weight: ExportWeight = .selfTime) {
    switch format {
    case .otlp: writer = OTLPExport(trace)
    case .chrome: writer = ChromeExport(trace)
    case .speedscope: writer = SpeedscopeExport(trace)
    case .folded: writer = FoldedExport(trace, weight: weight)
    }
  }

  /// - Parameters:
  ///   - start: Where the page before ended.
  ///   - maxChars: Bound of the text, counted as in a JSON string.
  ///   - isForced: Take one entry even where it is longer than that.
  /// - Complexity: O(entries of the page), beyond its text.
  package func page(from start: Int = 0, maxChars: Int = .max, isForced: Bool = false) -> ExportPage {
    writer.page(from: start, budget: maxChars, isForced: isForced)
  }
}

extension DistilledTrace {
  /// Self time of some spans, as `shown` gives it.
  func share(_ rows: some Sequence<Int32>) -> SummaryShare {
    var share = SummaryShare(spans: 0, nanos: 0)
    for row in rows {
      share.spans += 1
      share.nanos = share.nanos.addingSaturated(selfNanos[Int(row)])
    }
    return share
  }
}

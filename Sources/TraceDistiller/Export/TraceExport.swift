// A trace in the format of another tool. Each format is one file in this folder. All of them are written page by page within a bound, and
// every page is a document that the tool can open.

import TraceRecords

package enum ExportFormat: String, Sendable, CaseIterable {
  /// OpenTelemetry's JSON, one batch per line.
  case otlp
  /// Chrome's trace events, for chrome://tracing and Perfetto.
  case chrome
  case speedscope
  /// One line per stack with its weight, for flame graphs.
  case folded
}

/// The weight of a folded stack.
package enum ExportWeight: String, Sendable, CaseIterable {
  /// Nanoseconds of self time. With concurrent spans the sum is larger than the root's duration.
  case selfTime = "self"
  /// Nanoseconds on the critical path. The sum is the root's duration.
  case critical
  case count
}

/// One page of an export.
package struct ExportPage: Sendable {
  package var text: String
  /// Entries (spans, logs without a span, stacks) up to the end of this page, and in total.
  package var end: Int
  package var total: Int
  /// The spans on this page, and their self time.
  package var shown: SummaryShare

  package var isCut: Bool { end < total }
}

/// The writer of a format, with everything that its pages share.
protocol ExportWriter: Sendable {
  /// Entries from `start` on while the text stays within `budget`; at least one entry if `isForced`.
  func page(from start: Int, budget: Int, isForced: Bool) -> ExportPage
}

/// A trace prepared for writing in one format.
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
  ///   - start: The end of the previous page.
  ///   - maxChars: The bound of the text, counted as inside a JSON string.
  ///   - isForced: Writes at least one entry, even if it exceeds the bound.
  /// - Complexity: O(entries of the page), plus its text.
  package func page(from start: Int = 0, maxChars: Int = .max, isForced: Bool = false) -> ExportPage {
    writer.page(from: start, budget: maxChars, isForced: isForced)
  }
}

extension DistilledTrace {
  /// The self time of some spans, as used by `shown`.
  func share(_ rows: some Sequence<Int32>) -> SummaryShare {
    var share = SummaryShare(spans: 0, nanos: 0)
    for row in rows {
      share.spans += 1
      share.nanos = share.nanos.addingSaturated(selfNanos[Int(row)])
    }
    return share
  }
}

// The API for the traces that a program keeps about itself.

import Platform
import TraceDistiller
import TraceRecords

/// The limits for the traces that a program keeps about itself.
public struct TraceStoreLimits: Sendable {
  /// The maximum number of completed traces; the newest are kept. 0 means that only bytes count.
  public var maxTraces = 50
  /// Memory for traces, at least 1 MiB. When it is full, completed traces are removed first, the oldest first.
  public var maxBytes = 64 << 20
  /// A trace counts as complete when no record has arrived for this long.
  public var quiet = Duration.milliseconds(500)
  /// Passwords, tokens, card numbers and similar texts are replaced by `[redacted:…]` before a trace is stored. Records for the pipe are
  /// not changed.
  public var redactsSecrets = true

  /// 50 traces in 64 MiB, with secrets removed.
  public init() {}
}

/// A short description of one trace.
public struct TraceOverview: Sendable, Hashable {
  /// The outcome of a trace.
  public enum Status: String, Sendable {
    /// Its root has ended without failure; spans below it may have failed (`errorCount`).
    case ok
    /// Its root failed.
    case error
    /// Its root has not ended.
    case running
  }

  /// 32 hexadecimal digits for traces that this program began.
  public var traceID: String
  /// `t12`: short, and stable while the program runs.
  public var handle: String
  /// The name of the root span in this program.
  public var rootName: String
  /// The program's name.
  public var service: String?
  /// Nanoseconds since 1970-01-01 UTC.
  public var startTimeUnixNano: Int64
  /// From the first start to the last end; for a running trace, so far.
  public var durationNanos: Int64
  /// The number of spans that have begun.
  public var spanCount: Int
  /// The number of spans with an error of their own.
  public var errorCount: Int
  /// The number of logs with level `warning` inside of spans.
  public var warningCount: Int
  /// The outcome, as far as it is known.
  public var status: Status
  /// Its root and every span have ended, no parent is missing, and nothing has arrived for `quiet`.
  public var isComplete: Bool
}

/// Why a name does not lead to a trace.
public enum TraceLookupError: Error, Hashable, CustomStringConvertible {
  /// `near`: similar names, the best first. `isEvicted`: the trace was here once and was evicted.
  case notFound(String, near: [String], isEvicted: Bool)
  case ambiguous(String, candidates: [String])
  /// There is no trace at all, or none that the selector matches.
  case empty

  /// One line for people, with similar names.
  public var description: String {
    switch self {
    case .notFound(let name, _, true): "trace \(name) made room for later ones"
    case .notFound(let name, let near, false): "no trace \(name)" + (near.isEmpty ? "" : "; there is \(near.joined(separator: ", "))")
    case .ambiguous(let name, let candidates): "several traces begin with \(name): \(candidates.joined(separator: ", "))"
    case .empty: "no such trace yet"
    }
  }
}

/// The program's own traces. A call sees the state at one moment, and delays the program only while one trace is copied.
public final class TraceStore: Sendable {
  private let shared: SharedTraceStore

  init(limits: TraceStoreLimits) {
    var bounds = StoreLimits()
    bounds.maxTraces = max(0, limits.maxTraces)
    bounds.maxBytes = max(1 << 20, limits.maxBytes)
    let (seconds, attoseconds) = limits.quiet.components
    bounds.redacts = limits.redactsSecrets
    bounds.quietNanos = max(0, min(seconds, 3_600) * 1_000_000_000 + attoseconds / 1_000_000_000)
    shared = SharedTraceStore(limits: bounds)
  }

  /// All complete traces, the oldest first.
  /// - Complexity: O(traces).
  public func completedTraces() -> [TraceOverview] { traces().filter(\.isComplete) }

  /// All kept traces, the oldest first.
  /// - Complexity: O(traces).
  public func traces() -> [TraceOverview] {
    let now = TraceStore.now
    return shared.withLock { store in
      store.advance(to: now)
      return store.overviews(now: now).map(TraceOverview.init)
    }
  }

  /// Finds a trace by its full id, its handle (`t12`), an unambiguous prefix of its id, or `latest`, `latest-error`, `slowest`.
  /// - Returns: Nil if no trace, or more than one, has that name.
  /// - Complexity: O(traces).
  public func trace(_ name: String) -> TraceOverview? {
    let now = TraceStore.now
    return shared.withLock { store in
      store.advance(to: now)
      guard case .success(let slot) = store.find(name, now: now), let id = store.snapshot(slot: slot, now: now)?.handle else { return nil }
      return store.overviews(now: now).first { $0.handle == id }.map(TraceOverview.init)
    }
  }

  /// The distilled trace as text: header, call tree, critical path, errors, and what is left out. The same as the answer of `trace/summary`
  /// for the same records.
  /// - Parameters:
  ///   - name: As for `trace(_:)`.
  ///   - maxChars: The maximum number of characters, clamped to 400 to 200,000.
  ///   - locale: `en` or `zh`.
  /// - Throws: `TraceLookupError`.
  /// - Complexity: O(n log n) in the trace's spans.
  public func distill(_ name: String = "latest", maxChars: Int = 12_000, locale: String = "en") throws(TraceLookupError) -> String {
    switch shared.snapshot(name, now: TraceStore.now) {
    case .success(let snapshot):
      var options = SummaryOptions()
      options.maxChars = min(max(maxChars, SummaryOptions.budgetRange.lowerBound), SummaryOptions.budgetRange.upperBound)
      options.language = SummaryLanguage(locale: locale)
      return TraceStore.compute { DistilledTrace(snapshot).summary(options).text }
    case .failure(.notFound(let near, let gone)): throw .notFound(name, near: near, isEvicted: gone != nil)
    case .failure(.ambiguous(let candidates)): throw .ambiguous(name, candidates: candidates)
    case .failure(.empty), .failure(.ofOtherProjects): throw .empty
    }
  }

  /// A fork waits for the code that runs here. The Swift runtime creates type metadata on first use, under locks of its own. A child that
  /// is forked meanwhile would find them held by a thread that it does not have, and would hang when it computes something too.
  private static let computing = ForkSafeMutex(())

  /// Runs computations on the program's traces, one at a time. The caller must not hold a lock.
  static func compute<Result>(_ body: () -> Result) -> Result { computing.withLock { _ in body() } }

  /// For reports: short access to the store itself.
  func withStore<Result: Sendable>(_ body: (inout TraceDistillerStore) -> Result) -> Result { shared.withLock(body) }

  /// Adds records that contain all their text.
  func take(_ batch: RecordBatch) {
    batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) {
      shared.apply(batch, $0, source: SourceID(0), now: TraceStore.now)
    }
  }

  /// Adds one record.
  func take(_ line: [UInt8]) {
    var decoder = NativeDecoder()
    var batch = RecordBatch()
    line.withUnsafeBytes { bytes in
      // Our own encoder wrote it, so a record that the decoder rejects is a bug that our tests missed.
      guard (try? decoder.decode(bytes, offset: 0, into: &batch)) != nil else { return shared.withLock { $0.count(lostLines: 1) } }
      batch.withTexts(source: bytes) { shared.apply(batch, $0, source: SourceID(0), now: TraceStore.now) }
    }
  }

  /// The store's clock: monotonic nanoseconds.
  static var now: Int64 { MonotonicClock.nanos }
}

extension TraceOverview {
  fileprivate init(_ line: TraceDistiller.TraceOverview) {
    self.init(
      traceID: line.traceID, handle: line.handle, rootName: line.rootName, service: line.service,
      startTimeUnixNano: line.startTimeUnixNano, durationNanos: line.durationNanos, spanCount: line.spanCount,
      errorCount: line.errorCount, warningCount: line.warningCount, status: Status(rawValue: line.status.rawValue) ?? .running,
      isComplete: line.isComplete)
  }
}

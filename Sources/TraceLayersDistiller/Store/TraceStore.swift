// What a program may ask of the traces that it keeps of itself.

import Platform
import TraceDistiller
import TraceRecords

/// Bounds of the traces that a program keeps of itself.
public struct TraceStoreLimits: Sendable {
  /// Completed traces that are kept, newest first; 0 means that only bytes count.
  public var maxTraces = 50
  /// Memory for traces, at least 1 MiB. When it is full, completed traces make room first, oldest first.
  public var maxBytes = 64 << 20
  /// A trace counts as complete when nothing was heard of it for so long.
  public var quiet = Duration.milliseconds(500)
  /// Passwords, tokens, card numbers and their like are replaced by `[redacted:…]` before a trace is kept. What goes to the pipe is not changed.
  public var redactsSecrets = true

  /// 50 traces in 64 MiB, without what looks like a secret.
  public init() {}
}

/// One trace in a few words.
public struct TraceOverview: Sendable, Hashable {
  /// What became of a trace.
  public enum Status: String, Sendable {
    /// Its root ended, and not as a failure; spans below it may have failed (`errorCount`).
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
  /// The name of the span that has no parent here.
  public var rootName: String
  /// What the program calls itself.
  public var service: String?
  /// Nanoseconds since 1970-01-01 UTC.
  public var startTimeUnixNano: Int64
  /// From the first start to the last end; of a running trace, so far.
  public var durationNanos: Int64
  /// Spans that have begun.
  public var spanCount: Int
  /// Spans with an error of their own.
  public var errorCount: Int
  /// Logs of the level `warning` inside of spans.
  public var warningCount: Int
  /// What became of it, as far as is known.
  public var status: Status
  /// Its root and every span ended, no parent is missing, and nothing came for `quiet`.
  public var isComplete: Bool
}

/// Why a name leads to no trace.
public enum TraceLookupError: Error, Hashable, CustomStringConvertible {
  /// `near`: names that look alike, best first. `isEvicted`: it was here once and made room for others.
  case notFound(String, near: [String], isEvicted: Bool)
  case ambiguous(String, candidates: [String])
  /// There is no trace at all, or none that the selector asks for.
  case empty

  /// One line for people, with the names that come near.
  public var description: String {
    switch self {
    case .notFound(let name, _, true): "trace \(name) made room for later ones"
    case .notFound(let name, let near, false): "no trace \(name)" + (near.isEmpty ? "" : "; there is \(near.joined(separator: ", "))")
    case .ambiguous(let name, let candidates): "several traces begin with \(name): \(candidates.joined(separator: ", "))"
    case .empty: "no such trace yet"
    }
  }
}

/// The program's own traces. Questions see one moment; they hold the program up only for the copy of one trace.
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

  /// Traces that are complete, oldest first.
  /// - Complexity: O(traces).
  public func completedTraces() -> [TraceOverview] { traces().filter(\.isComplete) }

  /// Every trace that is kept, oldest first.
  /// - Complexity: O(traces).
  public func traces() -> [TraceOverview] {
    let now = TraceStore.now
    return shared.withLock { store in
      store.advance(to: now)
      return store.overviews(now: now).map(TraceOverview.init)
    }
  }

  /// One trace by its full id, its handle (`t12`), an unambiguous beginning of its id, or `latest`, `latest-error`, `slowest`.
  /// - Returns: Nil where no trace, or more than one, goes by that name.
  /// - Complexity: O(traces).
  public func trace(_ name: String) -> TraceOverview? {
    let now = TraceStore.now
    return shared.withLock { store in
      store.advance(to: now)
      guard case .success(let slot) = store.find(name, now: now), let id = store.snapshot(slot: slot, now: now)?.handle else { return nil }
      return store.overviews(now: now).first { $0.handle == id }.map(TraceOverview.init)
    }
  }

  /// The distilled trace as text: header, call tree, critical path, errors, and what is left out; what `trace/summary` answers for the same records.
  /// - Parameters:
  ///   - name: As for `trace(_:)`.
  ///   - maxChars: The most characters of the text, held between 400 and 200,000.
  ///   - locale: `en` or `zh`.
  /// - Throws: `TraceLookupError`.
  /// - Complexity: O(n log n) of the trace's spans.
  public func distill(_ name: String = "latest", maxChars: Int = 12_000, locale: String = "en") throws(TraceLookupError) -> String {
    switch shared.snapshot(name, now: TraceStore.now) {
    case .success(let snapshot):
      var options = SummaryOptions()
      options.maxChars = min(max(maxChars, SummaryOptions.budgetRange.lowerBound), SummaryOptions.budgetRange.upperBound)
      options.language = SummaryLanguage(locale: locale)
      return TraceStore.compute { DistilledTrace(snapshot).summary(options).text }
    case .failure(.notFound(let near, let isEvicted, _)): throw .notFound(name, near: near, isEvicted: isEvicted)
    case .failure(.ambiguous(let candidates)): throw .ambiguous(name, candidates: candidates)
    case .failure(.empty): throw .empty
    }
  }

  /// A fork waits for what runs here. The Swift runtime makes the types that it needs when it first needs them, under locks of its own: a child that is
  /// forked meanwhile finds them held by a thread that it does not have, and hangs as soon as it computes, too.
  private static let computing = ForkSafeMutex(())

  /// Runs what computes on traces of the program, one at a time. Needs no lock of the caller's.
  static func compute<Result>(_ body: () -> Result) -> Result { computing.withLock { _ in body() } }

  /// For reports: a short look at the store itself.
  func withStore<Result: Sendable>(_ body: (inout TraceDistillerStore) -> Result) -> Result { shared.withLock(body) }

  /// Takes records that bring all their text.
  func take(_ batch: RecordBatch) {
    batch.withTexts(source: UnsafeRawBufferPointer(start: nil, count: 0)) {
      shared.apply(batch, $0, source: SourceID(0), now: TraceStore.now)
    }
  }

  /// Takes one record.
  func take(_ line: [UInt8]) {
    var decoder = NativeDecoder()
    var batch = RecordBatch()
    line.withUnsafeBytes { bytes in
      // Our own encoder wrote it: what the decoder does not take, a test of ours has missed.
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

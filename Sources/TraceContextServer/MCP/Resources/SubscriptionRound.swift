// The traces behind the subscribed addresses. An address is reported if it leads to something else than at the last check.

import JSONRPC
import TraceDistiller

struct SubscriptionRound: Sendable {
  /// The maximum number of addresses per client.
  static let most = 64

  /// Checks at most five times a second, however many traces complete.
  static let restNanos: UInt64 = 200_000_000

  /// Nil for an address that does not lead to a trace yet.
  private var marks: [SummaryURI: Mark?] = [:]

  /// The state of a trace at the last check.
  struct Mark: Sendable, Equatable {
    var serial: Int
    var spans: Int
    var errors: Int
    var isComplete: Bool
    /// The address is the trace's id or handle: it can never lead to another trace.
    var isNamedItself: Bool

    init(_ trace: TraceOverview, as name: String) {
      (serial, spans, errors, isComplete) = (trace.serial, trace.spanCount, trace.errorCount, trace.isComplete)
      isNamedItself = [trace.traceID, trace.handle].contains { $0.utf8.elementsEqual(name.utf8) }
    }
  }

  var isEmpty: Bool { marks.isEmpty }

  /// - Parameter mark: what the address leads to now.
  mutating func add(_ uri: SummaryURI, _ mark: Mark?) throws(ResponseError) {
    guard marks[uri] != nil || marks.count < Self.most else {
      throw .tooManySubscriptions(Self.most)
    }
    marks[uri] = .some(mark)
  }

  mutating func remove(_ uri: SummaryURI) { marks[uri] = nil }

  /// The addresses whose traces may have changed, sorted by text: those of the traces in the news, and those whose name may now lead to
  /// another trace, which an id cannot.
  func concerned(by news: CompletionNews) -> [SummaryURI] {
    marks.filter { _, mark in
      guard let mark, mark.isNamedItself, let serials = news.serials else { return true }
      return serials.contains(mark.serial)
    }.map(\.key).sorted { $0.text < $1.text }
  }

  /// Stores what an address leads to now. Returns true if that is something else; a trace that was removed is not reported.
  mutating func update(_ uri: SummaryURI, _ mark: Mark?) -> Bool {
    guard let mark, let known = marks[uri], known != mark else { return false }
    marks[uri] = .some(mark)
    return true
  }

  /// What an address leads to; nil if there is no such trace.
  static func mark(_ uri: SummaryURI, in context: RequestContext) async throws(ResponseError) -> Mark? {
    let now = context.waits?.clock() ?? context.now
    let found = try await context.ask { source throws(SourceUnavailable) in try await source.find(uri.trace, now: now) }
    return if case .success(let trace) = found { Mark(trace, as: uri.trace) } else { nil }
  }
}

extension ResponseError {
  static func tooManySubscriptions(_ most: Int) -> ResponseError {
    .invalidParams("\(most) resources are subscribed, which is the limit; resources/unsubscribe makes room")
  }
}

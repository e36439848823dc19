// What subscribed addresses lead to: those that lead to something else than at the last look are reported.

import JSONRPC
import TraceDistiller

struct SubscriptionRound: Sendable {
  /// Addresses of one client.
  static let most = 64

  /// Looks at most five times a second, however many traces complete.
  static let restNanos: UInt64 = 200_000_000

  /// Nil of an address that leads to no trace yet.
  private var marks: [SummaryURI: Mark?] = [:]

  /// What a trace was like.
  struct Mark: Sendable, Equatable {
    var serial: Int
    var spans: Int
    var errors: Int
    var isComplete: Bool
    /// Its id or handle is the address: no other trace takes its place there.
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

  /// Addresses whose traces may have changed, in their order as texts: those of the traces that the feed names, and those that may lead to another trace
  /// now, which names can and ids cannot.
  func concerned(by news: CompletionNews) -> [SummaryURI] {
    marks.filter { _, mark in
      guard let mark, mark.isNamedItself, let serials = news.serials else { return true }
      return serials.contains(mark.serial)
    }.map(\.key).sorted { $0.text < $1.text }
  }

  /// Notes what an address leads to now. True where that is something else; a trace that went makes no news.
  mutating func update(_ uri: SummaryURI, _ mark: Mark?) -> Bool {
    guard let mark, let known = marks[uri], known != mark else { return false }
    marks[uri] = .some(mark)
    return true
  }

  /// What an address leads to; nil where that is no trace.
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

// What subscribed addresses lead to, looked at again and again: those that lead to something else are told.

import JSONRPC
import TraceDistiller

struct SubscriptionRound: Sendable {
  /// Addresses of one client.
  static let most = 64

  /// Looks at most five times a second, however many traces complete.
  static let restNanos: UInt64 = 200_000_000

  private(set) var marks: [SummaryURI: Mark?] = [:]

  /// What a trace was like.
  struct Mark: Sendable, Equatable {
    var serial: Int
    var spans: Int
    var errors: Int
    var isComplete: Bool
  }

  mutating func add(_ uri: SummaryURI, in context: RequestContext) throws(ResponseError) {
    guard marks[uri] != nil || marks.count < Self.most else {
      throw .invalidParams("\(Self.most) resources are subscribed, which is the limit; resources/unsubscribe makes room")
    }
    marks[uri] = .some(Self.mark(uri, in: context))
  }

  mutating func remove(_ uri: SummaryURI) { marks[uri] = nil }

  /// Addresses that lead elsewhere than at the last look, in their order as texts.
  mutating func changes(in context: RequestContext) -> [SummaryURI] {
    var changed: [SummaryURI] = []
    for uri in marks.keys.sorted(by: { $0.text < $1.text }) {
      let mark = Self.mark(uri, in: context)
      // A trace that went makes no news.
      guard let mark, marks[uri] != mark else { continue }
      marks[uri] = .some(mark)
      changed.append(uri)
    }
    return changed
  }

  private static func mark(_ uri: SummaryURI, in context: RequestContext) -> Mark? {
    let now = context.waits?.clock() ?? context.now
    return context.store.withLock { store in
      store.advance(to: now)
      guard case .success(let slot) = store.slot(named: uri.trace) else { return nil }
      let trace = store.overview(slot: slot, now: now)
      return Mark(serial: trace.serial, spans: trace.spanCount, errors: trace.errorCount, isComplete: trace.isComplete)
    }
  }
}

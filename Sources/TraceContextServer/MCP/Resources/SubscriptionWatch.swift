// Subscriptions of a client with a handshake: one task for all of them, which ends with the connection.

import JSON
import JSONRPC
import Synchronization

final class SubscriptionWatch: Sendable {
  private struct State: Sendable {
    var round = SubscriptionRound()
    var isRunning = false
  }

  private let state = Mutex(State())
  private let send: @Sendable (_ method: String, _ params: JSONValue) -> Void

  init(send: @escaping @Sendable (_ method: String, _ params: JSONValue) -> Void) { self.send = send }

  /// - Parameter context: With waits, because the task waits for changes.
  func add(_ uri: SummaryURI, in context: RequestContext) async throws(ResponseError) {
    guard let waits = context.waits else { throw .internalError("subscribed outside of a connection") }
    let mark = try await SubscriptionRound.mark(uri, in: context)
    let (failure, begins) = state.withLock { state -> (ResponseError?, Bool) in
      do throws(ResponseError) { try state.round.add(uri, mark) } catch { return (error, false) }
      defer { state.isRunning = true }
      return (nil, !state.isRunning)
    }
    if let failure { throw failure }
    guard begins else { return }
    guard waits.enter() else {
      state.withLock { state in
        state.isRunning = false
        state.round.remove(uri)
      }
      throw .busy(limit: CompletionWaits.maxWaits)
    }
    Task.detached(executorPreference: context.workers?.timely) { await self.run(waits, context) }
  }

  func remove(_ uri: SummaryURI) { state.withLock { $0.round.remove(uri) } }

  private func run(_ waits: CompletionWaits, _ context: RequestContext) async {
    defer { waits.leave() }
    var seen = waits.generation
    var news = CompletionNews.unknown
    while true {
      for uri in state.withLock({ $0.round.concerned(by: news) }) {
        // A source that does not answer now is asked again at the next change.
        guard let mark = try? await SubscriptionRound.mark(uri, in: context), state.withLock({ $0.round.update(uri, mark) }) else {
          continue
        }
        send("notifications/resources/updated", ["uri": .string(uri.text)])
      }
      guard case .changed = await waits.wait(since: seen, until: .max) else { return }
      try? await Task.sleep(nanoseconds: SubscriptionRound.restNanos)
      (news, seen) = waits.news(since: seen)
    }
  }
}

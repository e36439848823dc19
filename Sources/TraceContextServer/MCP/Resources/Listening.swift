// subscriptions/listen: a request that stays open. It first acknowledges what it will report, then reports changes, and is answered when
// the server ends.

import JSON
import JSONRPC

struct Listening: Sendable {
  private static let subscriptionKey = "io.modelcontextprotocol/subscriptionId"

  private let request: MCPRequest
  private let context: RequestContext
  private let waits: CompletionWaits
  private let send: Progress.Send
  private let subscription: JSONValue
  private let honored: [SummaryURI]

  init(_ request: MCPRequest, in context: RequestContext, send: @escaping Progress.Send) throws(ResponseError) {
    guard let wanted = request.params["notifications"]?.object else {
      throw .invalidParams(
        "subscriptions/listen needs notifications: an object such as {\"resourceSubscriptions\":[\"trace://latest/summary\"]}")
    }
    guard let waits = context.waits else { throw .internalError("listening outside of a connection") }
    self.request = request
    self.context = context
    self.waits = waits
    self.send = send
    subscription = (try? JSONValue(parsing: request.id.text)) ?? .string(request.id.description)
    // The lists of tools and prompts never change, and clients ask for the list of resources when they need it.
    var uris: [SummaryURI] = []
    for text in wanted["resourceSubscriptions"]?.array ?? [] {
      guard let uri = text.string.flatMap({ SummaryURI($0) }), !uris.contains(uri) else { continue }
      guard uris.count < SubscriptionRound.most else { throw .tooManySubscriptions(SubscriptionRound.most) }
      uris.append(uri)
    }
    honored = uris
  }

  func answer() async throws -> JSONValue {
    guard waits.enter() else { throw ResponseError.busy(limit: CompletionWaits.maxWaits) }
    defer { waits.leave() }
    let honored: JSONObject = self.honored.isEmpty ? [:] : ["resourceSubscriptions": .array(self.honored.map { .string($0.text) })]
    // Changes after the acknowledgement are reported.
    var seen = waits.generation
    var round = SubscriptionRound()
    for uri in self.honored { try round.add(uri, try await SubscriptionRound.mark(uri, in: context)) }
    tell("notifications/subscriptions/acknowledged", ["notifications": .object(honored)])
    while true {
      switch await waits.wait(since: seen, until: .max) {
      case .changed: try await Task.sleep(nanoseconds: SubscriptionRound.restNanos)
      case .cancelled: throw CancellationError()
      case .timedOut, .ended: return MCPResult.make(request, [:], meta: [Listening.subscriptionKey: subscription])
      }
      let (news, now) = waits.news(since: seen)
      seen = now
      for uri in round.concerned(by: news) {
        // A source that does not answer now is asked again at the next change.
        guard let mark = try? await SubscriptionRound.mark(uri, in: context), round.update(uri, mark) else { continue }
        tell("notifications/resources/updated", ["uri": .string(uri.text)])
      }
    }
  }

  private func tell(_ method: String, _ params: JSONObject) {
    var params = params
    params["_meta"] = .object([Listening.subscriptionKey: subscription])
    send(method, .object(params))
  }
}

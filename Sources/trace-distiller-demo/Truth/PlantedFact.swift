// What an answer about a trace should find, in terms of the trace: names of spans, counts, messages, and the attribute that distinguishes a
// call from similar ones.

struct PlantedFact: Sendable {
  enum Kind: String, Sendable {
    case concurrentTasks, repeatedCall, slowOutlier, retry, failure, swallowedError, sequentialAwaits, lockWait
  }

  var kind: Kind
  /// The affected spans; one name if they are similar.
  var spanNames: [String]
  /// The number of spans with that name.
  var count: Int?
  /// The number of failed ones among them.
  var failureCount: Int?
  var message: String?
  /// The attribute that distinguishes the span from similar ones.
  var attribute: (name: String, value: Int)?
  /// A description for people.
  var explanation: String
}

extension Request {
  var facts: [PlantedFact] {
    switch self {
    case .placeOrder(let order): [Request.concurrentChecks, Request.itemLoop(order)] + [order.trouble.fact]
    case .showOrder:
      [
        PlantedFact(
          kind: .sequentialAwaits,
          spanNames: ["GET /v1/customers/{order_id}", "GET /v1/shipments/{order_id}", "GET /v1/invoices/{order_id}"],
          explanation: "one after the other, though none needs another's answer")
      ]
    case .recount(let shelves):
      [
        PlantedFact(
          kind: .lockWait, spanNames: ["wait for stock lock"], count: shelves.count,
          explanation: "\(shelves.count) tasks at once, and one lock that all of them need")
      ]
    }
  }

  private static let concurrentChecks = PlantedFact(
    kind: .concurrentTasks, spanNames: ["check stock", "fetch price", "check customer"], explanation: "three tasks at once")

  private static func itemLoop(_ order: Order) -> PlantedFact {
    let count = order.itemIDs.count
    return PlantedFact(
      kind: .repeatedCall, spanNames: ["SELECT order_item"], count: count, explanation: "\(count) queries where one would do")
  }
}

extension Trouble {
  fileprivate var fact: PlantedFact {
    switch self {
    case .slowItem(let id):
      PlantedFact(
        kind: .slowOutlier, spanNames: ["SELECT order_item"], count: 1, attribute: ("db.query.parameter.item_id", id),
        explanation: "item \(id) takes 20 times as long as the others")
    case .flakyPayment(let failures):
      PlantedFact(
        kind: .retry, spanNames: ["POST /v1/charges"], count: failures + 1, failureCount: failures,
        message: RemoteError(service: "payments", status: 503, reason: Outside.unavailable).description,
        explanation: "\(failures) of \(failures + 1) attempts fail, the last succeeds, with pauses between them")
    case .refusedCard(let reason):
      PlantedFact(
        kind: .failure, spanNames: ["POST /v1/charges"], count: 1, failureCount: 1,
        message: RemoteError(service: "payments", status: 402, reason: reason).description,
        explanation: "\(reason): the order fails")
    case .noRecommendations:
      PlantedFact(
        kind: .swallowedError, spanNames: ["GET /v1/recommendations"], count: 1, failureCount: 1,
        message: RemoteError(service: "recommendations", status: 500, reason: Outside.broken).description,
        explanation: "the call fails, its caller goes on, the order succeeds")
    }
  }
}

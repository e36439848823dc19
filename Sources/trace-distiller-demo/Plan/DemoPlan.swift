// Everything that the seed decides, before anything runs: the requests to the shop, and what goes wrong.

/// One request, which becomes one trace.
enum Request: Sendable {
  case placeOrder(Order)
  case showOrder(id: Int)
  case recount(shelves: [Int])
}

/// A client's order, and what goes wrong with it.
struct Order: Sendable {
  var id: Int
  var userID: Int
  var currency: String
  /// Different in every order of a plan.
  var itemIDs: [Int]
  var totalCents: Int
  var trouble: Trouble
}

enum Trouble: Sendable {
  /// This item's row takes 20 times as long as the others.
  case slowItem(id: Int)
  /// The payment gateway is unavailable this many times.
  case flakyPayment(failures: Int)
  case refusedCard(reason: String)
  case noRecommendations
}

struct DemoPlan: Sendable {
  let seed: UInt64
  let requests: [Request]

  init(seed: UInt64, orders count: Int) {
    var generator = SplitMix64(seed: seed)
    var requests: [Request] = []
    var troubles: [Int] = []
    for index in 0..<count {
      // Each kind occurs once in every four orders.
      if troubles.isEmpty { troubles = (0..<4).shuffled(using: &generator) }
      requests.append(.placeOrder(DemoPlan.order(index, troubleKind: troubles.removeLast(), using: &generator)))
    }
    requests.append(.showOrder(id: Int.random(in: 1_000...9_999, using: &generator)))
    requests.append(.recount(shelves: Array(1...Int.random(in: 4...7, using: &generator))))
    self.seed = seed
    self.requests = requests
  }

  private static func order(_ index: Int, troubleKind: Int, using generator: inout SplitMix64) -> Order {
    let items = (0..<Int.random(in: 32...48, using: &generator)).map { 100 * index + 40_000 + $0 }
    let trouble: Trouble =
      switch troubleKind {
      case 0: .slowItem(id: items.randomElement(using: &generator)!)
      case 1: .flakyPayment(failures: Int.random(in: 1..<Payments.maxAttempts, using: &generator))
      case 2: .refusedCard(reason: ["insufficient funds", "card expired", "card blocked"].randomElement(using: &generator)!)
      default: .noRecommendations
      }
    return Order(
      id: 1_000 + index, userID: Int.random(in: 100...999, using: &generator),
      currency: ["EUR", "USD", "JPY"].randomElement(using: &generator)!, itemIDs: items,
      totalCents: Int.random(in: 1_000...99_999, using: &generator), trouble: trouble)
  }

  var orders: [Order] { requests.compactMap { if case .placeOrder(let order) = $0 { order } else { nil } } }
}

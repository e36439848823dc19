// Simulates everything outside of the program: databases and services that take time and that fail where the plan says so. With it, the
// code in Shop can look like that of a real service.

/// The length of pauses.
struct Pace: Sendable {
  /// 10 shortens every pause to a tenth.
  var speed: Double

  func sleep(milliseconds: Double) async {
    try? await Task.sleep(for: .nanoseconds(Int64(milliseconds * 1_000_000 / speed)))
  }
}

struct Outside: Sendable {
  let pace: Pace
  private let troubles: [Int: Trouble]
  private let slowItems: Set<Int>

  /// The time for a row, and for a slow one.
  static let itemMilliseconds = 1.5
  static let slowItemMilliseconds = 20 * itemMilliseconds

  init(plan: DemoPlan, pace: Pace) {
    self.pace = pace
    troubles = Dictionary(uniqueKeysWithValues: plan.orders.map { ($0.id, $0.trouble) })
    slowItems = Set(plan.orders.compactMap { if case .slowItem(let id) = $0.trouble { id } else { nil } })
  }

  func answer(query: String, value: Int) async {
    let milliseconds =
      switch query {
      case "SELECT order_item": slowItems.contains(value) ? Outside.slowItemMilliseconds : Outside.itemMilliseconds
      case "SELECT stock", "UPDATE stock": 12.0
      default: 8.0
      }
    await pace.sleep(milliseconds: milliseconds)
  }

  func answer(call template: String, order: Int, attempt: Int) async -> (status: Int, reason: String) {
    await pace.sleep(milliseconds: template == "/v1/prices/{order_id}" ? 20 : 15)
    switch (template, troubles[order]) {
    case ("/v1/charges", .flakyPayment(let failures)?) where attempt <= failures: return (503, Outside.unavailable)
    case ("/v1/charges", .refusedCard(let reason)?): return (402, reason)
    case ("/v1/recommendations", .noRecommendations?): return (500, Outside.broken)
    default: return (200, "OK")
    }
  }

  static let unavailable = "service unavailable"
  static let broken = "model not loaded"
}

// A call that is worth retrying, and one that is not: a span around all attempts, and one for each attempt.

import Logging
import Tracing

struct Payments: Sendable {
  /// The total number of attempts.
  static let maxAttempts = 4

  private let logger = Logger(label: "shop.payments")
  private let gateway: RemoteService
  private let pace: Pace

  init(outside: Outside) {
    gateway = RemoteService(name: "payments", outside: outside)
    pace = outside.pace
  }

  /// Retries after a pause that doubles each time, while the gateway is unavailable. A refusal is final.
  func charge(_ order: Order) async throws {
    try await withSpan("charge card") { span in
      span.attributes["payment.amount_cents"] = order.totalCents
      var attempt = 1
      while true {
        do {
          return try await gateway.call("POST", "/v1/charges", order: order.id, attempt: attempt)
        } catch let error as RemoteError where error.isTransient && attempt < Payments.maxAttempts {
          let pause = 5.0 * Double(1 << attempt)
          logger.warning("charging again", metadata: ["attempt": "\(attempt)", "pause_ms": "\(Int(pause))", "error": "\(error)"])
          await pace.sleep(milliseconds: pause)
          attempt += 1
        }
      }
    }
  }
}

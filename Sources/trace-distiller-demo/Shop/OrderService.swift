// The service itself, written as usual: spans around slow work, logs where they are useful, errors left to `withSpan`.

import Logging
import Tracing

struct OrderService: Sendable {
  private let logger = Logger(label: "shop.orders")
  private let database: Database
  private let prices, customers, shipments, invoices, recommendations: RemoteService
  private let payments: Payments

  init(outside: Outside) {
    database = Database(outside: outside)
    prices = RemoteService(name: "prices", outside: outside)
    customers = RemoteService(name: "customers", outside: outside)
    shipments = RemoteService(name: "shipments", outside: outside)
    invoices = RemoteService(name: "invoices", outside: outside)
    recommendations = RemoteService(name: "recommendations", outside: outside)
    payments = Payments(outside: outside)
  }

  /// `POST /orders`. An error that is thrown out of a span fails the span, with the error's description as message, so no code is needed
  /// for it here.
  func place(_ order: Order) async throws {
    try await withSpan("POST /orders", ofKind: .server) { span in
      span.attributes["http.request.method"] = "POST"
      span.attributes["http.route"] = "/orders"
      span.attributes["url.path"] = "/orders"
      span.attributes["user.id"] = order.userID
      span.attributes["order.id"] = order.id
      logger.info("order received", metadata: ["items": "\(order.itemIDs.count)"])
      do {
        validate(order)
        try await check(order)
        await loadItems(of: order)
        try await payments.charge(order)
        await recommend(for: order)
        await database.query("INSERT INTO orders VALUES ($1)", summary: "INSERT orders", "order_id", order.id)
        span.attributes["http.response.status_code"] = 201
        logger.notice("order placed")
      } catch let error as RemoteError {
        span.attributes["http.response.status_code"] = error.status
        span.attributes["error.type"] = "\(error.status)"
        throw error
      }
    }
  }

  /// Nothing here waits: a span with only self time.
  private func validate(_ order: Order) {
    withSpan("validate order") { span in
      span.attributes["order.items"] = order.itemIDs.count
      span.attributes["order.total_cents"] = order.totalCents
      logger.debug("order is valid")
    }
  }

  /// Three checks in parallel: child tasks inherit the span in which they are started.
  private func check(_ order: Order) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        await withSpan("check stock") { _ in
          await database.query("SELECT * FROM stock WHERE order_id = $1", summary: "SELECT stock", "order_id", order.id)
        }
      }
      group.addTask {
        try await withSpan("fetch price") { span in
          span.attributes["currency"] = order.currency
          try await prices.call("GET", "/v1/prices/{order_id}", order: order.id)
        }
      }
      group.addTask {
        await withSpan("check customer") { _ in
          await database.query("SELECT * FROM customer WHERE user_id = $1", summary: "SELECT customer", "user_id", order.userID)
        }
      }
      try await group.waitForAll()
    }
  }

  /// One query per item instead of one for all: the mistake that call trees show best.
  private func loadItems(of order: Order) async {
    await withSpan("load items") { _ in
      for item in order.itemIDs {
        await database.query("SELECT * FROM order_item WHERE item_id = $1", summary: "SELECT order_item", "item_id", item)
      }
    }
  }

  /// The order can do without this: the failure ends here, and the order continues.
  private func recommend(for order: Order) async {
    do {
      try await withSpan("recommend products") { _ in try await recommendations.call("GET", "/v1/recommendations", order: order.id) }
    } catch {
      logger.warning("going on without recommendations", metadata: ["error": "\(error)"])
    }
  }

  /// `GET /orders/{id}`. Customer, shipment and invoice do not depend on each other, and yet each waits for the previous one.
  func show(_ id: Int) async throws {
    try await withSpan("GET /orders/{id}", ofKind: .server) { span in
      span.attributes["http.request.method"] = "GET"
      span.attributes["http.route"] = "/orders/{id}"
      span.attributes["url.path"] = "/orders/\(id)"
      span.attributes["order.id"] = id
      await database.query("SELECT * FROM orders WHERE order_id = $1", summary: "SELECT orders", "order_id", id)
      try await customers.call("GET", "/v1/customers/{order_id}", order: id)
      try await shipments.call("GET", "/v1/shipments/{order_id}", order: id)
      try await invoices.call("GET", "/v1/invoices/{order_id}", order: id)
      span.attributes["http.response.status_code"] = 200
    }
  }
}

// Tasks that look concurrent but are not: each waits for the lock that another one holds. The wait has a span of its own; otherwise it
// would look like work.

import Logging
import Tracing

struct Warehouse: Sendable {
  private let logger = Logger(label: "shop.warehouse")
  private let database: Database
  private let lock = FairLock()

  init(outside: Outside) { database = Database(outside: outside) }

  /// `POST /stock/recount`.
  func recount(_ shelves: [Int]) async {
    await withSpan("POST /stock/recount", ofKind: .server) { span in
      span.attributes["http.request.method"] = "POST"
      span.attributes["http.route"] = "/stock/recount"
      span.attributes["url.path"] = "/stock/recount"
      await withTaskGroup(of: Void.self) { group in
        for shelf in shelves { group.addTask { await count(shelf) } }
      }
      span.attributes["http.response.status_code"] = 200
    }
  }

  private func count(_ shelf: Int) async {
    await withSpan("count shelf") { span in
      span.attributes["shelf.id"] = shelf
      await withSpan("wait for stock lock") { _ in await lock.lock() }
      await database.query("UPDATE stock SET counted = now() WHERE shelf_id = $1", summary: "UPDATE stock", "shelf_id", shelf)
      await lock.unlock()
      logger.info("shelf counted")
    }
  }
}

/// A lock for tasks. Waiting tasks do not block a thread, and get the lock in order of arrival.
actor FairLock {
  private var isHeld = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func lock() async {
    guard isHeld else {
      isHeld = true
      return
    }
    // `unlock` hands the lock over to the next task, so it stays held.
    await withCheckedContinuation { waiting.append($0) }
  }

  func unlock() {
    if waiting.isEmpty { isHeld = false } else { waiting.removeFirst().resume() }
  }
}

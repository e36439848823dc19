// Lists in JSON answers: as many entries as the budget holds, and how many there are.

import JSON
import JSONRPC
import TraceDistiller

/// A page of entries whose JSON stays within a budget.
struct BoundedList {
  private(set) var entries: [JSONValue] = []
  /// Entries of the whole list before and within this page.
  private(set) var end: Int
  let total: Int
  var isCut: Bool { end < total }

  /// Takes entries from `start` on while they fit, at most `limit`. One entry that alone exceeds the budget is an error that tells what would do:
  /// an empty page with a cursor to itself would be a loop.
  init(total: Int, from start: Int, limit: Int, budget: Int, _ entry: (Int) -> JSONValue) throws(ResponseError) {
    self.total = total
    end = min(start, total)
    var used = 0
    while end < total, entries.count < limit, !Task.isCancelled {
      let value = entry(end)
      let length = JSONLength.of(value) + 1
      guard used + length <= budget else {
        if entries.isEmpty { throw .budgetTooSmall(budget, needed: min(SummaryOptions.budgetRange.upperBound, length + 1_000)) }
        return
      }
      used += length
      entries.append(value)
      end += 1
    }
  }
}

/// The length of JSON in Unicode scalars, as `maxChars` counts.
enum JSONLength {
  static func of(_ value: JSONValue) -> Int {
    // Every byte but the continuation bytes of UTF-8 begins a scalar.
    value.serialized.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
  }
}

/// A place in a list that does not move, as an opaque text.
enum PageCursor {
  static func make(_ offset: Int) -> String { "o\(offset)" }

  static func offset(_ cursor: String?) throws(ResponseError) -> Int {
    guard let cursor else { return 0 }
    guard cursor.utf8.first == UInt8(ascii: "o"), let offset = Int(cursor.dropFirst()), offset >= 0 else { throw .invalidCursor(cursor) }
    return offset
  }
}

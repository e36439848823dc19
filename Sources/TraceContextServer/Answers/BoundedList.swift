// Lists in JSON answers: as many entries as fit into the budget, and the total number.

import JSON
import JSONRPC
import TraceDistiller

/// A page of entries whose JSON fits into a budget.
struct BoundedList {
  private(set) var entries: [JSONValue] = []
  /// The index after the last entry of this page, in the whole list.
  private(set) var end: Int
  /// The length of the entries and of the commas between them.
  private(set) var length = 0
  let total: Int
  /// The first entry was too long by itself and was shortened.
  private(set) var isFirstShortened = false
  var isCut: Bool { end < total }
  /// Something of the list is missing, or its first entry was shortened.
  var isShortened: Bool { isCut || isFirstShortened }

  /// Adds entries from `start` on while they fit, at most `limit`. A first entry that is too long by itself is shortened, so that paging
  /// can continue.
  init(total: Int, from start: Int = 0, limit: Int = .max, budget: Int, _ entry: (Int) -> JSONValue) {
    self.total = total
    end = min(start, total)
    while end < total, entries.count < limit, !Task.isCancelled {
      var value = entry(end)
      var needed = JSONLength.of(value) + 1
      if entries.isEmpty, needed > budget, let short = Truncation(value).fitting(budget - 1) {
        value = short
        isFirstShortened = true
        needed = JSONLength.of(value) + 1
      }
      guard length + needed <= budget else { return }
      take(value, needed)
    }
  }

  /// Only the entry at `start`, in its shortest form; no entry if `start` is at the end.
  private init(total: Int, leastAt start: Int, _ entry: (Int) -> JSONValue) {
    self.total = total
    end = min(start, total)
    if end < total {
      take(Truncation(entry(end)).least, 0)
      isFirstShortened = true
    }
  }

  private mutating func take(_ value: JSONValue, _ needed: Int) {
    length += needed
    entries.append(value)
    end += 1
  }

  /// The answer with one page: never longer than `maxChars`, and never an empty page whose cursor leads back to itself. If not even the
  /// shortest entry fits, the error names a bound that is large enough.
  static func answer(
    total: Int, from start: Int, limit: Int, maxChars: Int, entry: (Int) -> JSONValue, around page: (BoundedList) -> JSONAnswer
  ) throws(ResponseError) -> JSONAnswer {
    var budget = maxChars - page(BoundedList(total: total, from: start, limit: 0, budget: 0, entry)).length
    while budget > 0 {
      let list = BoundedList(total: total, from: start, limit: limit, budget: budget, entry)
      let answer = page(list)
      let excess = answer.length - maxChars
      if excess <= 0, !list.entries.isEmpty || !list.isCut { return answer }
      if list.entries.isEmpty { break }
      // The answer can be longer than the sum of its parts if a number in it has more digits. Reduce the budget by the excess.
      budget = min(budget, list.length) - max(1, excess)
    }
    let least = page(BoundedList(total: total, leastAt: start, entry))
    let length = least.length
    guard length <= maxChars else { throw .budgetTooSmall(maxChars, needed: length) }
    return least
  }

  /// The answer with as many groups of a whole as fit, the first first: `groups` behind the head, and `truncated`.
  static func answer(
    _ head: JSONObject, groups count: Int, maxChars: Int, entry: (Int) -> JSONValue
  ) throws(ResponseError) -> JSONAnswer {
    try answer(total: count, from: 0, limit: .max, maxChars: maxChars, entry: entry) { page in
      var object = head
      object["groups"] = .array(page.entries)
      object["truncated"] = .bool(page.isShortened)
      return JSONAnswer(object, isCut: page.isShortened)
    }
  }
}

/// The length of JSON in Unicode scalars, the unit of `maxChars`.
enum JSONLength {
  static func of(_ value: JSONValue) -> Int { value.serializedScalarCount }

  /// A text that takes at most `limit` in JSON; the cut is visible.
  static func cut(_ text: String, to limit: Int) -> String {
    guard jsonLength(text) > limit else { return text }
    var kept = String.UnicodeScalarView()
    var length = 1
    for scalar in text.unicodeScalars {
      length += jsonLength(String(scalar))
      if length > limit { break }
      kept.append(scalar)
    }
    return String(kept) + "…"
  }
}

/// A position in a list that does not change, as an opaque text.
enum PageCursor {
  static func make(_ offset: Int) -> String { "o\(offset)" }

  static func offset(_ cursor: String?) throws(ResponseError) -> Int {
    guard let cursor else { return 0 }
    guard cursor.utf8.first == UInt8(ascii: "o"), let offset = Int(cursor.dropFirst()), offset >= 0 else { throw .invalidCursor(cursor) }
    return offset
  }
}

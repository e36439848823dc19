// The answers to one batch. They are sent together as one array, in the order of the requests, once the last answer is there.

import Synchronization

/// Where the answer to a request goes: sent on its own, or into its place in the answer to a batch.
struct ReplyPlace: Sendable {
  static let own = ReplyPlace(batch: nil, index: 0)

  var batch: BatchAnswer?
  var index: Int
}

final class BatchAnswer: Sendable {
  private struct State: Sendable {
    var bodies: [[UInt8]?]
    var missing: Int
  }

  private let state: Mutex<State>

  init(count: Int) { state = Mutex(State(bodies: Array(repeating: nil, count: count), missing: count)) }

  /// Stores an answer in its place. Nil means that the request was cancelled and gets no answer.
  /// - Returns: The whole array if this was the last missing answer; nil if answers are still missing, or if the batch has no answers at
  ///   all.
  func fill(_ index: Int, with body: [UInt8]?) -> [UInt8]? {
    state.withLock { state in
      state.bodies[index] = body
      state.missing -= 1
      guard state.missing == 0 else { return nil }
      let told = state.bodies.compactMap { $0 }
      guard !told.isEmpty else { return nil }
      return [UInt8(ascii: "[")] + told.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }
  }
}

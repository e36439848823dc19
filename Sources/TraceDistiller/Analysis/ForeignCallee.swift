// Spans that only call another service. Time that the callee's span does not cover is network or queueing time, not the caller's work.

import TraceRecords

extension CallTree {
  /// The callee's span, if this span only calls another service: then its only child that it waits for belongs to another service. A job
  /// that calls one service also does its own work, so the span must be a client's, or have the same name as its callee, or have a generic
  /// name.
  /// - Complexity: O(1) for spans with one child.
  func foreignCallee(of row: Int, _ storage: TraceStorage) -> Int? {
    guard let child = onlyChild(of: row), service[row] != 0, service[child] != 0, service[row] != service[child] else { return nil }
    switch kind[row] {
    case .client: return child
    case .server, .consumer: return nil
    default: break
    }
    if name[row] == name[child] { return child }
    guard let reference = storage.texts.reference(name[row]) else { return nil }
    return storage.arena.withBytes(reference) { GenericName.matches($0) } ? child : nil
  }

  /// The only child of a span, if the span waits for it.
  func onlyChild(of row: Int) -> Int? {
    let children = children(of: row)
    guard children.count == 1, let child = children.first.map(Int.init), !isDetached[child] else { return nil }
    return child
  }
}

// A span that is nothing but the call of another service: what its callee does not cover is the way there and back, or a queue, and no work of the
// caller's.

import TraceRecords

extension CallTree {
  /// The span of the other side, where a span is such a call: its only child that it waits for, of another service. A job that calls one service works
  /// itself, so the span must be a client's, or be named as its callee is, or say no more than that it calls.
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

  /// The child of a span that has no other and waits for it.
  func onlyChild(of row: Int) -> Int? {
    let children = children(of: row)
    guard children.count == 1, let child = children.first.map(Int.init), !isDetached[child] else { return nil }
    return child
  }
}

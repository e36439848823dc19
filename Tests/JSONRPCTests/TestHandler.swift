// The server for the connection's tests: a few methods with the kinds of behaviour that matter to a connection.

import JSON
import JSONRPC
import Synchronization

/// | method | answers |
/// |---|---|
/// | `echo` | at once, its params |
/// | `big` | at once, a text of `bytes` bytes |
/// | `fail`, `refuse` | at once, with an error that is ours, or one that is for the client |
/// | `wait` | when it is cancelled |
/// | `gate`, `stubborn` | when the gate is open, whether cancelled or not |
/// | `untilEnd` | when the input has ended |
/// | `failLater`, `bigLater` | as `fail`, `big`, in a task |
final class TestHandler: MessageHandler {
  /// The threads of all connections under test, shared as in one process.
  static let workers = {
    do { return try Workers() } catch { fatalError("\(error)") }
  }()

  struct Mishap: Error {}

  let gate = Gate()
  private let agreed = Mutex(MessageRules())

  /// What the session has agreed on.
  var rules: MessageRules {
    get { agreed.withLock { $0 } }
    set { agreed.withLock { $0 = newValue } }
  }

  private let ending = Gate()
  /// Counts the tasks that have begun.
  let started = Signal()
  private let seen = Mutex<[Notification]>([])

  var notifications: [Notification] { seen.withLock { $0 } }

  func reply(to request: Request) throws -> Reply {
    switch request.method {
    case "echo": return .now(request.params ?? .null)
    case "big": return .now(big(request))
    case "fail": throw Mishap()
    case "refuse": throw ResponseError(code: 1, message: "no", data: ["next": "step"])
    case "bigLater", "failLater": return .later(.long) { [self] in try await respond(to: request) }
    default: return .later(.timely) { [self] in try await respond(to: request) }
    }
  }

  private func respond(to request: Request) async throws -> JSONValue {
    if request.method == "bigLater" {
      // Created before the task counts as begun, because tests must not depend on how long this takes.
      let answer = big(request)
      started.count()
      return answer
    }
    started.count()
    switch request.method {
    case "wait":
      try await Task.sleep(for: .seconds(3_600))
      return nil
    case "gate", "stubborn":
      await gate.pass()
      return .string(request.method)
    case "untilEnd":
      await ending.pass()
      return "ended"
    case "failLater": throw Mishap()
    default: throw ResponseError.methodNotFound(request.method)
    }
  }

  func inputEnded() { ending.open() }

  func receive(_ notification: Notification) -> ConnectionDirective {
    seen.withLock { $0.append(notification) }
    switch notification.method {
    case "exit": return .exit(3)
    case "notifications/cancelled": return notification.params?["requestId"].flatMap { RequestID($0) }.map { .discard($0) } ?? .proceed
    case "open": gate.open()
    default: break
    }
    return .proceed
  }

  private func big(_ request: Request) -> JSONValue {
    .string(String(repeating: "x", count: Int(request.params?["bytes"]?.integer ?? 0)))
  }
}

/// Blocks tasks until it is opened.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }
  private let state = Mutex(State())

  func pass() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}

/// Counts events that can be awaited.
final class Signal: Sendable {
  private struct State {
    var count = 0
    var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }
  private let state = Mutex(State())

  func count() {
    let due = state.withLock { state in
      state.count += 1
      let count = state.count
      let due = state.waiting.filter { $0.count <= count }
      state.waiting.removeAll { $0.count <= count }
      return due
    }
    for waiter in due { waiter.continuation.resume() }
  }

  /// Returns once the event has happened that many times.
  func reached(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isReached = state.withLock { state in
        if state.count < count { state.waiting.append((count, continuation)) }
        return state.count >= count
      }
      if isReached { continuation.resume() }
    }
  }
}

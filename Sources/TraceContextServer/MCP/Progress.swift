// Reports to a waiting client how long its request has been running.

import JSON
import JSONRPC
import Platform

struct Progress: Sendable {
  /// Sends a notification about a running request. Nothing is sent once the request was answered or cancelled.
  typealias Send = @Sendable (_ method: String, _ params: JSONValue) -> Void

  private static let everySeconds: Int64 = 1

  private let token: JSONValue?
  private let revision: MCPRevision
  private let send: Send
  private let threads: WorkThreads?

  /// - Parameter threads: where the seconds are counted, so that the work itself does not delay the count.
  init(_ request: MCPRequest, on threads: WorkThreads?, send: @escaping Send) {
    self.threads = threads
    token = request.progressToken
    revision = request.revision
    self.send = send
  }

  /// Runs the body. If the client sent a token, it gets a notification every second.
  func told<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
    guard let token else { return try await body() }
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask { try await body() }
      group.addTask(executorPreference: threads) {
        var seconds: Int64 = 0
        while !Task.isCancelled {
          try await Task.sleep(nanoseconds: UInt64(Progress.everySeconds) * 1_000_000_000)
          seconds += Progress.everySeconds
          tell(seconds, token)
        }
        return nil
      }
      defer { group.cancelAll() }
      while let outcome = try await group.next() {
        if let outcome { return outcome }
      }
      throw CancellationError()
    }
  }

  private func tell(_ seconds: Int64, _ token: JSONValue) {
    var params: JSONObject = ["progressToken": token, "progress": .integer(seconds)]
    if revision.hasProgressMessages { params["message"] = .string("\(seconds) s") }
    send("notifications/progress", .object(params))
  }
}

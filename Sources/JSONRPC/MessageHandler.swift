// What a server implements on top of a connection. The connection knows JSON-RPC, the handler knows the methods.

package import JSON

/// Rules that a session agrees on and that change how messages are read and written.
package struct MessageRules: Sendable, Equatable {
  /// An array of messages is answered with an array; otherwise it is rejected.
  package var takesBatches: Bool
  /// An error response to a message with an unreadable id has no id member, instead of null.
  package var omitsUnknownIDs: Bool

  /// The notification that informs the client that no one waits for its response any more.
  package var cancellation: CancellationNotice

  package init(takesBatches: Bool = false, omitsUnknownIDs: Bool = false, cancellation: CancellationNotice = .jsonRPC) {
    self.takesBatches = takesBatches
    self.omitsUnknownIDs = omitsUnknownIDs
    self.cancellation = cancellation
  }
}

/// A notification that cancels a request, and the name of the parameter that holds the request's id.
package struct CancellationNotice: Sendable, Equatable {
  package var method: String
  package var member: String

  package init(method: String, member: String) {
    self.method = method
    self.member = member
  }

  /// The notification of language clients and servers.
  package static let jsonRPC = CancellationNotice(method: "$/cancelRequest", member: "id")
}

/// How a request is answered.
package enum Reply: Sendable {
  /// Answered at once on the reading thread: nothing is read or written meanwhile, and answers keep the order of their requests.
  case now(JSONValue)
  /// Begins on the reading thread. It also ends there, unless it has to wait for something: then it continues as `later` does, and the next
  /// message is handled.
  case here(WorkClass, @Sendable () async throws -> JSONValue)
  /// Answered in a task on the threads of that class. `$/cancelRequest`, `ConnectionDirective.discard` or the end of the connection cancels
  /// the task.
  case later(WorkClass, @Sendable () async throws -> JSONValue)
}

/// Answers the messages of one connection.
///
/// A thrown error that is not a `ResponseError` answers the request with −32603, a `CancellationError` with −32800.
package protocol MessageHandler: Sendable {
  /// The client's first byte has decided the framing. Called once, before the first message.
  func begin(_ framing: MessageFraming)

  /// Read for each message that the rules apply to: a session agrees on them while it runs.
  var rules: MessageRules { get }

  /// Called on the reading thread, in the order of arrival; must not block. What it learns about the request (parameters, the trace that
  /// they name) is captured by the reply, so that nothing is looked up twice.
  func reply(to request: Request) throws -> Reply

  /// The input has ended: code that waits for an event must answer now with what it has. Called once, on the reading thread.
  func inputEnded()

  /// Handles a notification on the reading thread, in the order of arrival. Unknown notifications are ignored.
  func receive(_ notification: Notification) -> ConnectionDirective
}

extension MessageHandler {
  package func begin(_ framing: MessageFraming) {}
  package var rules: MessageRules { MessageRules() }
  package func inputEnded() {}
}

/// What the connection must do after a notification.
package enum ConnectionDirective: Sendable, Equatable {
  case proceed
  /// The process must end with this code.
  case exit(Int32)
  /// The request is withdrawn: its task is cancelled, and nothing more is sent about it. An id that is not running is ignored.
  case discard(RequestID)
}

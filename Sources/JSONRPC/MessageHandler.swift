// What a server on top of a connection provides. The connection knows JSON-RPC, the handler knows the methods.

package import JSON

/// What a session agreed on that changes how messages are read and written.
package struct MessageRules: Sendable, Equatable {
  /// An array of messages is answered with an array; otherwise it is refused.
  package var takesBatches: Bool
  /// An error about a message whose id cannot be read has no id, instead of null.
  package var omitsUnknownIDs: Bool

  /// The notice to the client that nobody waits any more for its answer.
  package var cancellation: CancellationNotice

  package init(takesBatches: Bool = false, omitsUnknownIDs: Bool = false, cancellation: CancellationNotice = .jsonRPC) {
    self.takesBatches = takesBatches
    self.omitsUnknownIDs = omitsUnknownIDs
    self.cancellation = cancellation
  }
}

/// A notification that takes a request back, and the member of its params that names the request.
package struct CancellationNotice: Sendable, Equatable {
  package var method: String
  package var member: String

  package init(method: String, member: String) {
    self.method = method
    self.member = member
  }

  /// What language clients and servers send.
  package static let jsonRPC = CancellationNotice(method: "$/cancelRequest", member: "id")
}

/// What becomes of a request.
package enum Reply: Sendable {
  /// Its answer, made on the thread that reads: nothing is read or written meanwhile, and answers keep the order of their requests.
  case now(JSONValue)
  /// Its answer is begun on the thread that reads, and ends there unless it has to wait for something: then it goes on as `later` does, and the next message
  /// has its turn.
  case here(WorkClass, @Sendable () async throws -> JSONValue)
  /// Its answer will be made on the threads of that class, in a task that `$/cancelRequest`, `ConnectionDirective.discard` or the end of the
  /// connection cancels.
  case later(WorkClass, @Sendable () async throws -> JSONValue)
}

/// Answers the messages of one connection.
///
/// An error that is no `ResponseError` answers the request with −32603; a `CancellationError` with −32800.
package protocol MessageHandler: Sendable {
  /// The client's first byte has decided how messages are distinguished. Called once, before the first message.
  func begin(_ framing: MessageFraming)

  /// Asked for with each message that they concern: a session agrees on them while it runs.
  var rules: MessageRules { get }

  /// Called on the thread that reads, in the order of arrival; must not block. What it learns of the request (parameters, the trace that they name) goes
  /// into the answer that it promises: nothing is looked at twice.
  func reply(to request: Request) throws -> Reply

  /// Nothing more will be read: whoever waits for something to happen shall answer with what there is. Called once, on the thread that read.
  func inputEnded()

  /// Takes a notification, on the thread that reads, in the order of arrival. Unknown ones are to be let pass.
  func receive(_ notification: Notification) -> ConnectionDirective
}

extension MessageHandler {
  package func begin(_ framing: MessageFraming) {}
  package var rules: MessageRules { MessageRules() }
  package func inputEnded() {}
}

/// What a notification asks of the connection.
package enum ConnectionDirective: Sendable, Equatable {
  case proceed
  /// The process shall end with this code.
  case exit(Int32)
  /// The request is taken back: its task is cancelled, and nothing more is sent about it. An id that is not running is let pass.
  case discard(RequestID)
}

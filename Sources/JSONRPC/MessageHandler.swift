// What a server on top of a connection provides. The connection knows JSON-RPC, the handler knows the methods.

package import JSON

/// What a session agreed on that changes how messages are read and written.
package struct MessageRules: Sendable, Equatable {
  /// An array of messages is answered with an array; otherwise it is refused.
  package var takesBatches: Bool
  /// An error about a message whose id cannot be read has no id, instead of null.
  package var omitsUnknownIDs: Bool

  package init(takesBatches: Bool = false, omitsUnknownIDs: Bool = false) {
    self.takesBatches = takesBatches
    self.omitsUnknownIDs = omitsUnknownIDs
  }
}

/// Answers the messages of one connection.
///
/// An error that is no `ResponseError` answers the request with −32603; a `CancellationError` with −32800.
package protocol MessageHandler: Sendable {
  /// The client's first byte has told how messages are told apart. Called once, before the first message.
  func begin(_ framing: MessageFraming)

  /// Asked for with each message that they concern: a session agrees on them while it runs.
  var rules: MessageRules { get }

  /// Answers at once, on the thread that reads, in the order of arrival. Must not block: nothing is read or written meanwhile.
  /// Nil means that it takes too long for that; then `respond` is called in a task.
  func respondNow(to request: Request) throws -> JSONValue?

  /// Answers in its own task, which `$/cancelRequest`, `ConnectionDirective.discard` or the end of the connection cancels.
  func respond(to request: Request) async throws -> JSONValue

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

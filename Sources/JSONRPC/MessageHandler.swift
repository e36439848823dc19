// What a server on top of a connection provides. The connection knows JSON-RPC, the handler knows the methods.

package import JSON

/// Answers the messages of one connection.
///
/// An error that is no `ResponseError` answers the request with −32603; a `CancellationError` with −32800.
package protocol MessageHandler: Sendable {
  /// The client's first byte has told how messages are told apart. Called once, before the first message.
  func begin(_ framing: MessageFraming)

  /// Answers at once, on the thread that reads, in the order of arrival. Must not block: nothing is read or written meanwhile.
  /// Nil means that it takes too long for that; then `respond` is called in a task.
  func respondNow(to request: Request) throws -> JSONValue?

  /// Answers in its own task, which `$/cancelRequest`, `ConnectionDirective.cancel` or the end of the connection cancels.
  func respond(to request: Request) async throws -> JSONValue

  /// Nothing more will be read: whoever waits for something to happen shall answer with what there is. Called once, on the thread that read.
  func inputEnded()

  /// Takes a notification, on the thread that reads, in the order of arrival. Unknown ones are to be let pass.
  func receive(_ notification: Notification) -> ConnectionDirective
}

extension MessageHandler {
  package func begin(_ framing: MessageFraming) {}
  package func inputEnded() {}
}

/// What a notification asks of the connection.
package enum ConnectionDirective: Sendable, Equatable {
  case proceed
  /// The process shall end with this code.
  case exit(Int32)
  /// A dialect's own way to say `$/cancelRequest`. An id that is not running is let pass.
  case cancel(RequestID)
}

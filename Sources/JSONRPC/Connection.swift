// One client, from its first byte to its last. This file holds what a connection is and what other threads may ask of it;
// ConnectionLoop.swift reads and waits, ConnectionDispatch.swift answers, ConnectionEnding.swift says good-bye.

package import JSON
import Platform
import Synchronization

/// A JSON-RPC 2.0 connection over two file descriptors.
///
/// One thread, the caller of `run`, reads, answers short requests in order, and waits for everything in a single poll(2).
/// Long requests run as tasks on the threads of `workers`. No thread ever blocks on a client that does not read: its output is queued up to a bound, above
/// which the connection stops reading from it. Every request gets exactly one reply.
///
/// The process must ignore SIGPIPE. Nothing but messages is ever written to the output.
package final class Connection: Sendable {
  let input: Int32
  let handler: any MessageHandler
  let workers: Workers
  let limits: ConnectionLimits
  let onDiagnostic: (@Sendable (String) -> Void)?
  let wakeup: WakeupPipe
  let outbox: Outbox
  let shared: Mutex<Shared>

  /// What tasks and the reader share.
  struct Shared: Sendable {
    var inFlight: InFlightRequests
    var outgoing = OutgoingRequests()
    var statistics = ConnectionStatistics()
    /// The reader waits for tasks to finish.
    var isEnding = false
  }

  /// - Parameters:
  ///   - workers: where long requests run; connections of a process share them.
  ///   - onDiagnostic: gets, in one line each, what went wrong and is not the caller's to handle. Called from any thread.
  package init(
    input: Int32, output: Int32, handler: any MessageHandler, workers: Workers, limits: ConnectionLimits = ConnectionLimits(),
    onDiagnostic: (@Sendable (String) -> Void)? = nil
  ) {
    self.input = input
    self.handler = handler
    self.workers = workers
    self.limits = limits
    self.onDiagnostic = onDiagnostic
    wakeup = WakeupPipe()
    outbox = Outbox(descriptor: output, maxQueuedBytes: limits.maxQueuedBytes, wakeup: wakeup)
    shared = Mutex(Shared(inFlight: InFlightRequests(limit: limits.maxInFlight)))
  }

  package var statistics: ConnectionStatistics {
    var statistics = shared.withLock { $0.statistics }
    statistics.writes = outbox.writes
    return statistics
  }

  /// Sends a notification, from any thread, without blocking. It is dropped, and counted, before the first byte of the client has
  /// come (that byte decides the framing), after the end, and while the client has more to read than the bound.
  package func notify(method: String, params: JSONValue? = nil) {
    guard outbox.status.takesNotifications else { return count { $0.droppedNotifications += 1 } }
    outbox.send(OutgoingMessage.notification(method: method, params: params))
  }

  /// Sends a notification that belongs to a running request: nothing goes out once it is answered or was taken back.
  package func notify(method: String, params: JSONValue? = nil, during request: RequestID) {
    guard outbox.status.takesNotifications else { return count { $0.droppedNotifications += 1 } }
    let message = OutgoingMessage.notification(method: method, params: params)
    // Under the lock, or the answer could overtake it. Sending never blocks.
    shared.withLock { if $0.inFlight.contains(request) { outbox.send(message) } }
  }

  /// Serves the client on the calling thread until it goes or a notification asks to exit; may be called once.
  ///
  /// After the end of the input every request received is answered: tasks have `drainNanos` to finish and are then cancelled.
  /// With the default limits it returns within a second of that, or when a client that still reads has everything.
  package func run() -> ConnectionEnd {
    let (end, since) = serve()
    settle(end, since: since)
    endOutgoing()
    outbox.close()
    outbox.end()
    return end
  }

  func count(_ change: (inout ConnectionStatistics) -> Void) {
    shared.withLock { change(&$0.statistics) }
  }
}

// One client connection. This file holds its state and what other threads may call; ConnectionLoop.swift reads and waits,
// ConnectionDispatch.swift answers, ConnectionEnding.swift closes.

package import JSON
import Platform
import Synchronization

/// A JSON-RPC 2.0 connection over two file descriptors.
///
/// The thread that calls `run` reads, answers short requests in order, and waits for everything in a single poll(2). Long requests run as
/// tasks on the threads of `workers`. A client that does not read never blocks a thread: its output is queued up to a limit, and above the
/// limit the connection stops reading from that client. Every request gets exactly one reply.
///
/// The process must ignore SIGPIPE. Only messages are written to the output.
package final class Connection: Sendable {
  let input: Int32
  let handler: any MessageHandler
  let workers: Workers
  let limits: ConnectionLimits
  let onDiagnostic: (@Sendable (String) -> Void)?
  let wakeup: WakeupPipe
  let outbox: Outbox
  let shared: Mutex<Shared>

  /// State that the tasks and the reader share.
  struct Shared: Sendable {
    var inFlight: InFlightRequests
    var outgoing = OutgoingRequests()
    var statistics = ConnectionStatistics()
    /// The input has ended; the reader waits for tasks to finish.
    var isEnding = false
  }

  /// - Parameters:
  ///   - workers: where long requests run; connections of a process share them.
  ///   - onDiagnostic: called, from any thread, with one line for each problem that the caller does not have to handle.
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

  /// Sends a notification, from any thread, without blocking. The notification is dropped and counted if no byte of the client has arrived
  /// yet (the first byte decides the framing), after the end, and while the output queue is over its limit.
  package func notify(method: String, params: JSONValue? = nil) {
    guard outbox.status.takesNotifications else { return count { $0.droppedNotifications += 1 } }
    outbox.send(OutgoingMessage.notification(method: method, params: params))
  }

  /// Sends a notification that belongs to a running request. Nothing is sent once the request was answered or cancelled.
  package func notify(method: String, params: JSONValue? = nil, during request: RequestID) {
    guard outbox.status.takesNotifications else { return count { $0.droppedNotifications += 1 } }
    let message = OutgoingMessage.notification(method: method, params: params)
    // Sent under the lock, or the answer could overtake it. Sending never blocks.
    shared.withLock { if $0.inFlight.contains(request) { outbox.send(message) } }
  }

  /// Serves the client on the calling thread until it disconnects or a notification asks to exit. May be called once.
  ///
  /// After the end of the input every received request is still answered: tasks have `drainNanos` to finish and are then cancelled. With
  /// the default limits the method returns within a second after that, or, if the client still reads, when it has received everything.
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

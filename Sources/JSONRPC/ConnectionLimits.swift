// The limits of a connection, why it ended, and its counters.

import JSON

/// All limits of a connection.
package struct ConnectionLimits: Sendable {
  package var framing: FramingLimits
  package var maxDepth: Int
  /// Requests that run as tasks at the same time. Further requests are answered with `busy`.
  package var maxInFlight: Int
  /// Messages in one batch, if the session supports batches.
  package var maxBatch: Int
  /// Bytes that wait for the client to read them. Above this limit no further request is read until the client catches up.
  package var maxQueuedBytes: Int
  /// How long tasks may go on after the input has ended; then they are cancelled.
  package var drainNanos: Int64
  /// How long the connection then waits for a client that reads nothing.
  package var lingerNanos: Int64

  package init(
    framing: FramingLimits = FramingLimits(), maxDepth: Int = 128, maxInFlight: Int = 64, maxBatch: Int = 64,
    maxQueuedBytes: Int = 64 << 20,
    drainNanos: Int64 = 800_000_000, lingerNanos: Int64 = 100_000_000
  ) {
    self.framing = framing
    self.maxDepth = maxDepth
    self.maxInFlight = maxInFlight
    self.maxBatch = maxBatch
    self.maxQueuedBytes = maxQueuedBytes
    self.drainNanos = drainNanos
    self.lingerNanos = lingerNanos
  }

  var json: JSONLimits { JSONLimits(maxBytes: framing.maxMessageBytes, maxDepth: maxDepth) }
}

/// Why `Connection.run` returned.
package enum ConnectionEnd: Sendable, Equatable {
  case endOfInput
  /// A notification asked the server to exit with this code.
  case exit(Int32)
  /// The client no longer reads.
  case outputClosed
  /// read(2) failed with this errno.
  case inputFailed(Int32)
}

/// Counters of a connection.
package struct ConnectionStatistics: Sendable, Equatable {
  package var requests = 0
  package var notifications = 0
  package var framingErrors = 0
  package var parseErrors = 0
  package var invalidRequests = 0
  /// Bytes that were part of no acceptable message.
  package var skippedBytes = 0
  /// Requests answered with −32800, or not answered because the client withdrew them.
  package var cancelled = 0
  /// Requests answered with `busy`.
  package var busy = 0
  /// Our notifications that were dropped: the framing was not known yet, the queue was full, or the client was gone.
  package var droppedNotifications = 0
  /// Responses of the client that match none of our open requests: late, duplicate or unsolicited.
  package var unmatchedResponses = 0
  /// Calls of write(2) or send(2).
  package var writes = 0

  package init() {}
}

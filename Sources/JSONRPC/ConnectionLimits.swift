// The bounds of a connection, why it ended, and what it counted.

import JSON

/// Every bound of a connection.
package struct ConnectionLimits: Sendable {
  package var framing: FramingLimits
  package var maxDepth: Int
  /// Requests that run as tasks at the same time; those beyond are answered with `busy`.
  package var maxInFlight: Int
  /// Messages in one batch, where the session has batches.
  package var maxBatch: Int
  /// Bytes that wait for the client to read them. Above it no further request is read until the client catches up.
  package var maxQueuedBytes: Int
  /// How long tasks may go on after the input has ended; then they are cancelled.
  package var drainNanos: Int64
  /// How long, after that, a client that reads nothing is waited for.
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
  /// A notification asked for it, with this exit code.
  case exit(Int32)
  /// The client no longer reads.
  case outputClosed
  /// read(2) failed with this errno.
  case inputFailed(Int32)
}

/// What a connection counted since it began.
package struct ConnectionStatistics: Sendable, Equatable {
  package var requests = 0
  package var notifications = 0
  package var framingErrors = 0
  package var parseErrors = 0
  package var invalidRequests = 0
  /// Bytes that belonged to no acceptable message.
  package var skippedBytes = 0
  /// Requests answered with −32800, or not at all because their client took them back.
  package var cancelled = 0
  /// Requests answered with `busy`.
  package var busy = 0
  /// Notifications of ours that found no framing yet, no room, or no client.
  package var droppedNotifications = 0
  /// Answers of the client to no request of ours that waits: it came too late, twice, or was never asked.
  package var unmatchedResponses = 0
  /// Calls of write(2) or send(2).
  package var writes = 0

  package init() {}
}

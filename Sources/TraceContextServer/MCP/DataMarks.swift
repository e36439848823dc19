// The marks of the fences around a client's answers: one per connection, and one per process for requests without a connection's handshake.

package import TraceDistiller

package struct DataMarks: Sendable {
  /// For a client that completed the handshake.
  package var connection: DataFence
  /// For requests without a handshake. A client that forwards them may use several connections.
  package var process: DataFence

  /// - Parameter mark: used for both, for tests and transcripts that need the same text every time.
  package init(fixed mark: String) {
    connection = DataFence(mark: mark)
    process = connection
  }

  /// New marks for a connection.
  package init() {
    var random = SystemRandomNumberGenerator()
    connection = DataFence(from: &random)
    process = DataMarks.ofProcess
  }

  private static let ofProcess = {
    var random = SystemRandomNumberGenerator()
    return DataFence(from: &random)
  }()

  /// The fence of a request's answer.
  func fence(_ revision: MCPRevision) -> DataFence { revision.isStateless ? process : connection }
}

extension RequestContext {
  /// The fence of an answer to a model. Without a door's fence, the process's fence is used, so that an answer is never without one.
  var mcpFence: DataFence { fence ?? DataMarks().process }
}

// Which marks a client's answers are fenced with: one of its connection, and of the process where a request belongs to no connection.

package import TraceDistiller

package struct DataMarks: Sendable {
  /// Of a client that shook hands.
  package var connection: DataFence
  /// Of requests without a handshake: whoever hands them on may have several ways to us.
  package var process: DataFence

  /// - Parameter mark: for both, where tests and transcripts want the same text every time.
  package init(fixed mark: String) {
    connection = DataFence(mark: mark)
    process = connection
  }

  /// New ones for a connection.
  package init() {
    var random = SystemRandomNumberGenerator()
    connection = DataFence(from: &random)
    process = DataMarks.ofProcess
  }

  private static let ofProcess = {
    var random = SystemRandomNumberGenerator()
    return DataFence(from: &random)
  }()

  /// Which one a request's answer is fenced with.
  func fence(_ revision: MCPRevision) -> DataFence { revision.isStateless ? process : connection }
}

extension RequestContext {
  /// The fence of a model's answer: without one of the door's nothing would stand around it.
  var mcpFence: DataFence { fence ?? DataMarks().process }
}

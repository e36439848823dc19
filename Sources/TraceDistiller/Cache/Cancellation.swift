// Long work looks now and then whether anybody still waits for it.

enum Cancellation {
  /// Throws where the task at hand was cancelled.
  static func check() throws(CancellationError) {
    if Task.isCancelled { throw CancellationError() }
  }
}

// Long work checks from time to time whether its result is still wanted.

enum Cancellation {
  /// Throws if the current task was cancelled.
  static func check() throws(CancellationError) {
    if Task.isCancelled { throw CancellationError() }
  }
}

// Threads of our own, without Foundation. The system may refuse a thread: the caller gets an error and decides what to do.

package enum SystemThread {
  /// Which threads handle signals sent to the process.
  package enum Signals: Sendable {
    /// This thread too, like the thread that started it.
    case inherited
    /// Not this thread. For threads inside programs that are not ours: they receive neither the program's signals nor SIGPIPE and SIGXFSZ
    /// of our own writes.
    case blocked
  }

  /// The system refused to create a thread.
  package struct Refused: Error, Equatable, CustomStringConvertible {
    package var errorNumber: Int32
    package var description: String { "the system gives no thread: \(errorText(errorNumber))" }
  }

  /// Runs the body on a new thread, which ends with the body.
  package static func start(signals: Signals = .inherited, _ body: @escaping @Sendable () -> Void) throws(Refused) {
    let box = Unmanaged.passRetained(Box(body))
    var before = sigset_t()
    if signals == .blocked {
      var all = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_SETMASK, &all, &before)
    }
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let code = pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<Box>.fromOpaque(cArgument(argument)).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    if signals == .blocked { pthread_sigmask(SIG_SETMASK, &before, nil) }
    guard code == 0 else {
      box.release()
      throw Refused(errorNumber: code)
    }
    #if canImport(Darwin)
      pthread_detach(thread!)
    #else
      pthread_detach(thread)
    #endif
  }

  private final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}

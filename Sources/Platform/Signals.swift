// Signals that end a process are handed on blocked by whoever started it: threads of Swift's pool have them blocked, and with them every program that is
// started from one.

package enum Signals {
  /// Lets SIGTERM, SIGINT and SIGHUP end the process as people expect, whatever its parent had blocked. Those that the parent ignores (nohup) stay ignored.
  package static func unblockThoseThatEnd() {
    var ending = sigset_t()
    sigemptyset(&ending)
    for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&ending, signal) }
    pthread_sigmask(SIG_UNBLOCK, &ending, nil)
  }

  /// Whether whoever started the process had it ignore a signal.
  package static func isIgnored(_ number: Int32) -> Bool {
    let before = signal(number, SIG_DFL)
    let isIgnored = unsafeBitCast(before, to: Int.self) == 1
    _ = signal(number, before)
    return isIgnored
  }
}

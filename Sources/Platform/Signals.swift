// A process may inherit a signal mask in which the signals that end it are blocked: threads of Swift's pool block them, and so does every
// program started from such a thread.

package enum Signals {
  /// Lets SIGTERM, SIGINT and SIGHUP end the process, even if its parent blocked them. Signals that the parent ignores (nohup) stay
  /// ignored.
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

  /// A process that gets no memory ends where it would use it, by SIGABRT or by reaching for what is not there. That is told in a line, and the exit code is
  /// that of whatever else the system refuses. What is no want of memory ends as it would.
  package static func tellOfRefusedMemory() {
    for ending in [SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP] {
      signal(ending) { number in
        // Nothing but system calls is safe here.
        let probe = mmap(nil, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard probe == UnsafeMutableRawPointer(bitPattern: -1) else {
          // What happened happens again, without us.
          _ = signal(number, SIG_DFL)
          return
        }
        Signals.endForWantOfMemory()
      }
    }
  }

  /// Less than this is not worth a start: the first of what is refused would be told of by the Swift runtime, in its own words.
  private static let leastToStart = 4 << 20

  /// Ends the process, with a line, where the system has no memory left for a start.
  package static func endWithoutMemoryToStart() {
    let probe = mmap(nil, leastToStart, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard probe != UnsafeMutableRawPointer(bitPattern: -1) else { endForWantOfMemory() }
    munmap(probe, leastToStart)
  }

  private static func endForWantOfMemory() -> Never {
    let line: StaticString = "trace-distiller: the system refuses memory; a smaller --max-memory may help\n"
    _ = write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
    _exit(EX_OSERR)
  }
}

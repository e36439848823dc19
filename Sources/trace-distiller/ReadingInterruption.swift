// Ctrl-C while standard input is read: `app | trace-distiller distill -` ends the program that writes, and what it wrote is answered.

import Platform

/// Where the signal's handler finds the pipe: written before the handler is there, and never while it is.
nonisolated(unsafe) private var interruptedPipe: WakeupPipe?

/// While one is there, SIGINT ends the reading and not the process.
struct ReadingInterruption {
  let pipe = WakeupPipe()

  /// Nil where SIGINT is ignored already: whoever did so (nohup, a shell's background) wants it to stay so.
  init?() {
    guard pipe.descriptor >= 0, !Signals.isIgnored(SIGINT) else { return nil }
    interruptedPipe = pipe
    signal(SIGINT) { _ in interruptedPipe?.signal() }
    Signals.unblockThoseThatEnd()
  }

  /// From here on SIGINT ends the process again: nobody wants to wait for the answer longer than for the end.
  func end() { signal(SIGINT, SIG_DFL) }
}

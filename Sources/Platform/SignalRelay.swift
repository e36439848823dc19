// Signals that are meant for a program that this process stands for: taken by one thread and handed on.

import Synchronization

/// What this process had of signals before it changed anything: what a program that it starts shall find.
package struct SignalState: Sendable {
  package var mask: sigset_t
  /// Signals that this process ignores and a program that it starts shall not.
  package var defaults: sigset_t

  /// As it is now; from now on this process ignores SIGPIPE and SIGXFSZ: write(2) tells the same.
  package static func takeOver() -> SignalState {
    var state = SignalState(mask: sigset_t(), defaults: sigset_t())
    pthread_sigmask(SIG_BLOCK, nil, &state.mask)
    sigemptyset(&state.defaults)
    for number in [SIGPIPE, SIGXFSZ] {
      var before = sigaction()
      sigaction(number, nil, &before)
      #if canImport(Darwin)
        let wasIgnored = before.__sigaction_u.__sa_handler.map { unsafeBitCast($0, to: Int.self) } == 1
      #else
        let wasIgnored = before.__sigaction_handler.sa_handler.map { unsafeBitCast($0, to: Int.self) } == 1
      #endif
      if !wasIgnored { sigaddset(&state.defaults, number) }
      signal(number, SIG_IGN)
    }
    return state
  }
}

/// Takes signals that end or steer a program, and sends them to the one that was started. Made before any other thread, which inherits that they wait.
package final class SignalRelay: Sendable {
  /// What somebody may send to the process that he started and means the program.
  private static let relayed = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT]
  private let target = Mutex<pid_t?>(nil)
  private let waiting = Mutex<[Int32]>([])

  /// From now on these signals wait for `start` in all threads that begin later.
  package init() {
    var set = SignalRelay.set
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  private static var set: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in relayed { sigaddset(&set, number) }
    return set
  }

  /// Starts the thread. What a terminal sends goes to all processes at it, the program among them: that is not sent twice.
  package func start() throws(SystemThread.Refused) {
    try SystemThread.start { [self] in
      var set = SignalRelay.set
      while true {
        #if os(Linux)
          var details = siginfo_t()
          let number = sigwaitinfo(&set, &details)
          // Above 0 are those of the kernel, such as a terminal's.
          guard number > 0, details.si_code <= 0 else { continue }
        #else
          var number: Int32 = 0
          guard sigwait(&set, &number) == 0 else { continue }
        #endif
        send(number)
      }
    }
  }

  private func send(_ number: Int32) {
    let process = target.withLock { $0 }
    if let process { kill(process, number) } else { waiting.withLock { $0.append(number) } }
  }

  /// What came before goes to the program too.
  package func relay(to process: pid_t) {
    target.withLock { $0 = process }
    for number in waiting.withLock({ waiting in
      defer { waiting = [] }
      return waiting
    }) { kill(process, number) }
  }

  /// The program has ended: its number may soon be another's.
  package func end() { target.withLock { $0 = nil } }
}

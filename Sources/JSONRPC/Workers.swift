// The threads of a process that answer requests. Their number is fixed, and they are separated by how long their work takes, so that short
// work never waits behind long work.

package import Platform

/// How long a piece of work takes before it waits or ends.
package enum WorkClass: Sendable {
  /// Microseconds: waiting for events, progress, notifications. Timers depend on it.
  case timely
  /// Usually a few milliseconds, at most about ten: requests about one trace.
  case short
  /// Any length: requests about many traces.
  case long
}

/// The threads of each class. All connections of a process share them.
package struct Workers: Sendable {
  package let timely: WorkThreads
  package let short: WorkThreads
  package let long: WorkThreads
  package let timer: TimerThread

  /// Starts the timer, so that a system that refuses threads fails at start and not in the middle of an answer. The other threads start
  /// when there is work for them: each would add a thread switch to the answer to `initialize`.
  /// - Parameter longThreads: by default one per processor, at most eight.
  package init(longThreads: Int? = nil) throws(SystemThread.Refused) {
    timely = WorkThreads(upTo: 1)
    short = WorkThreads(upTo: 1, backup: timely)
    long = WorkThreads(upTo: longThreads ?? min(8, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))), backup: timely)
    timer = try TimerThread()
  }

  package subscript(_ workClass: WorkClass) -> WorkThreads {
    switch workClass {
    case .timely: timely
    case .short: short
    case .long: long
    }
  }
}

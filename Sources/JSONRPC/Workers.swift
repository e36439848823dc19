// The threads of a process that answer requests: fixed in number, and distinguished by how long their work takes, so that nothing short waits behind
// something long.

package import Platform

/// How long a piece of work takes, before it waits or ends.
package enum WorkClass: Sendable {
  /// Microseconds: waits for events, progress, notifications. Timers hang on it.
  case timely
  /// Some milliseconds, at most some ten: what is asked of one trace.
  case short
  /// Anything: what is asked of many traces.
  case long
}

/// The threads of each class. All connections of a process share them.
package struct Workers: Sendable {
  package let timely: WorkThreads
  package let short: WorkThreads
  package let long: WorkThreads
  package let timer: TimerThread

  /// Starts those that are always needed, so that a system that gives none fails at start and not in the middle of an answer. The others start when there
  /// is work for them: a thread costs a tenth of a millisecond at start and some memory.
  /// - Parameter longThreads: one a processor by default; eight at most.
  package init(longThreads: Int? = nil) throws(SystemThread.Refused) {
    timely = try WorkThreads(count: 1)
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

// A program that sends numbered records at a given rate, reports on stdout what happened to them, and ends as a test requires.

import Platform
import TraceLayers

/// `send PIPE key=value…`: see `Plan`.
enum SendCommand {
  struct Plan {
    var pipe = ""
    var count = 1_000
    /// Nanoseconds between two records.
    var pace: Int64 = 0
    var options = NamedPipeLogManager.Options()
    /// `exit` (return from main), `_exit` (after a flush), `fatal`, `wait` (for a line on stdin, then exit), `fork`, `kill` (by its own SIGKILL).
    var end = "exit"
    /// A limit for file sizes, which simulates a full disk.
    var maxFileBytes: UInt64?
    /// A limit for descriptors; open ones stay open.
    var maxDescriptors: UInt64?

    init(_ arguments: [String]) {
      pipe = arguments[0]
      for argument in arguments.dropFirst() {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        let value = parts.count > 1 ? parts[1] : ""
        switch parts[0] {
        case "count": count = Int(value)!
        case "pace": pace = Int64(value)!
        case "tier": options.tier = value == "journal" ? .journal : .memory
        case "memory": options.maxBytes = Int(value)!
        case "segment": options.segmentBytes = Int(value)!
        case "cap": options.maxJournalBytes = Int(value)!
        case "end": end = value
        case "file": maxFileBytes = UInt64(value)!
        case "descriptors": maxDescriptors = UInt64(value)!
        default: fatalError("unknown argument \(argument)")
        }
      }
      options.path = pipe
    }
  }

  static func run(_ arguments: [String]) {
    let plan = Plan(arguments)
    if let bytes = plan.maxFileBytes { bound(RLIMIT_FSIZE, bytes) }
    if let descriptors = plan.maxDescriptors { bound(RLIMIT_NOFILE, descriptors) }
    let before = signals()
    let manager = NamedPipeLogManager(options: plan.options)
    send(plan.count, to: manager, pace: plan.pace)
    switch plan.end {
    case "_exit":
      manager.flush()
      tell(manager)
      _exit(7)
    case "fatal":
      manager.flush()
      tell(manager)
      fatalError("as a test wants it")
    case "kill": kill(getpid(), SIGKILL)
    case "fork": forkAndSend(manager, plan)
    case "wait":
      say("sent")
      _ = readLine()
      // One flush waits at most a second: a busy machine needs several.
      for _ in 0..<20 where manager.statistics.inFlight > 0 { manager.flush() }
    default: break
    }
    say("signals \(signals() == before ? "unchanged" : "changed")")
    if let problem = manager.problem { say("problem \(problem)") }
    if plan.end != "exit" { manager.flush() }
    tell(manager)
  }

  private static func bound(_ resource: __rlimit_resource, _ value: UInt64) {
    var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
    setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
  }

  /// Sends numbered module records. In between it prints how many are in the journal so far.
  static func send(_ count: Int, to manager: NamedPipeLogManager, pace: Int64, label: String = "r") {
    let padding = String(repeating: "x", count: 120)
    var told: UInt64 = 0
    for number in stride(from: 1, through: count, by: 1) {
      let start = nanos()
      let line =
        "{\"timestamp\":\"2026-11-24T10:00:00Z\",\"level\":\"INFO\",\"target\":\"host\",\"log_type\":\"module\",\"message\":\"\(label)\(number)\",\"fields\":{\"n\":\(number),\"x\":{\"pad\":\"\(padding)\"}}}"
      Array(line.utf8).withUnsafeBytes { manager.send($0) }
      if number % 256 == 0 {
        let committed = manager.statistics.committed
        if committed > told {
          told = committed
          say("committed \(committed)")
        }
      }
      while pace > 0, nanos() - start < pace {}
    }
  }

  /// The child has only this thread, and its parent's locks may be held for ever.
  private static func forkAndSend(_ manager: NamedPipeLogManager, _ plan: Plan) {
    typealias Fork = @convention(c) () -> pid_t
    let fork = unsafeBitCast(dlsym(nil, "fork"), to: Fork.self)
    let child = fork()
    send(plan.count, to: manager, pace: plan.pace, label: child == 0 ? "child" : "parent")
    if child > 0 {
      var status: Int32 = 0
      waitpid(child, &status, 0)
      say("child \(status)")
    }
  }

  private static func tell(_ manager: NamedPipeLogManager) {
    let statistics = manager.statistics
    say(
      "statistics pid=\(getpid()) accepted=\(statistics.accepted) delivered=\(statistics.delivered) journaled=\(statistics.journaled) dropped=\(statistics.dropped) "
        + "inFlight=\(statistics.inFlight) committed=\(statistics.committed) droppedJournal=\(statistics.droppedJournal)")
  }

  /// The disposition of every signal, and which signals are blocked.
  private static func signals() -> [String] {
    var blocked = sigset_t()
    pthread_sigmask(SIG_SETMASK, nil, &blocked)
    return (Int32(1)..<32).map { number in
      var action = sigaction()
      sigaction(number, nil, &action)
      return "\(number) \(unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)) \(sigismember(&blocked, number))"
    }
  }

  private static func nanos() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// One write without buffering, so that the output of a killed program is complete. Repeated if a test makes system calls fail.
  private static func say(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    for _ in 0..<3 where write(STDOUT_FILENO, bytes, bytes.count) == bytes.count { return }
  }
}

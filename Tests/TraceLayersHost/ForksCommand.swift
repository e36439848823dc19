// A program whose threads trace and log without a pause while it forks: each child does the same once, queries its store, and exits
// normally.

import Dispatch
import Logging
import Platform
import Synchronization
import TraceLayers
import TraceLayersDistiller
import Tracing

/// `forks DIRECTORY COUNT`: reports how many children hung, failed, and succeeded.
enum ForksCommand {
  /// A child that takes this many seconds hangs: its work takes milliseconds.
  private static let patience: UInt32 = 20

  static func run(_ arguments: [String]) {
    let directory = arguments[0]
    var configuration = LayeredTracing.Configuration(
      service: "host", transport: NamedPipeLogManager(options: .init(path: directory + "/p.pipe")))
    configuration.standardError = .none
    configuration.layers.append(
      .distiller(snapshots: .init(directory: directory + "/reports", every: .milliseconds(1), for: .seconds(3_600))))
    let tracing = LayeredTracing(configuration)
    let program = ForkingProgram(tracing)
    program.startThreads(4)
    var (hung, failed, well) = (0, 0, 0)
    // Swift hides fork, but programs that embed C use it.
    let fork = unsafeBitCast(dlsym(nil, "fork"), to: (@convention(c) () -> pid_t).self)
    for _ in 0..<Int(arguments[1])! where hung < 3 {
      let child = fork()
      if child == 0 {
        // Ends a child that hangs, wherever it does; the process that started us may have blocked the signal.
        var alarms = sigset_t()
        sigemptyset(&alarms)
        sigaddset(&alarms, SIGALRM)
        pthread_sigmask(SIG_UNBLOCK, &alarms, nil)
        alarm(patience)
        program.work()
        exit(program.isWhole ? 0 : 1)
      }
      var status: Int32 = 0
      waitpid(child, &status, 0)
      if status & 0x7F == SIGALRM { hung += 1 } else if status != 0 { failed += 1 } else { well += 1 }
    }
    program.stop()
    print("hung \(hung), failed \(failed), well \(well)")
  }
}

private final class ForkingProgram: Sendable {
  private let tracing: LayeredTracing
  private let logger: Logger
  /// A span that all threads modify.
  private let shared: LayeredSpan
  /// Two numbers that are always changed together.
  private let pair = ForkSafeMutex<(Int, Int)>((0, 0))
  private let isStopped = Atomic<Bool>(false)
  private let threads = DispatchGroup()

  init(_ tracing: LayeredTracing) {
    self.tracing = tracing
    logger = Logger(label: "host") { tracing.logHandler(label: $0) }
    shared = tracing.tracer.startSpan("shared", context: .topLevel)
  }

  func startThreads(_ count: Int) {
    for number in 0..<count {
      DispatchQueue(label: "work \(number)").async(group: threads) { while !self.isStopped.load(ordering: .relaxed) { self.work() } }
    }
  }

  func stop() {
    isStopped.store(true, ordering: .relaxed)
    threads.wait()
  }

  /// Everything that takes a lock.
  func work() {
    for round in 0..<20 {
      tracing.tracer.withSpan("order") { span in
        span.attributes["round"] = round
        shared.attributes["round"] = round
        shared.setStatus(.init(code: .ok))
        logger.info("inside")
        span.addEvent("event")
      }
      logger.info("outside")
      pair.withLock { pair in
        pair.0 += 1
        pair.1 += 1
      }
    }
    _ = tracing.store?.traces()
    _ = try? tracing.store?.distill("latest", maxChars: 500)
    _ = tracing.snapshots?.statistics
  }

  /// Whether a child sees a consistent state of its parent.
  var isWhole: Bool {
    let isEven = pair.withLock { $0.0 == $0.1 }
    tracing.snapshots?.stop()
    // A manager of the child's own is added to the list that its exit visits.
    NamedPipeLogManager(options: .init(path: "/nonexistent/p.pipe")).flush()
    return isEven && tracing.store?.traces().isEmpty == false && shared.attributes.get("round") != nil
  }
}

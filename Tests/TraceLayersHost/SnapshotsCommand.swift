// A program that writes reports about itself: one trace, and then one of several ways to end.

import Platform
import TraceLayers
import TraceLayersDistiller
import Tracing

/// `snapshots DIRECTORY exit|fork|await-failure`: returns from main; does so after a child of `fork` has called `exit`; or waits until a
/// report could not be written, and prints the reason.
enum SnapshotsCommand {
  static func run(_ arguments: [String]) {
    let awaitsFailure = arguments[1] == "await-failure"
    let options = SnapshotReports.Options(
      directory: arguments[0], every: .milliseconds(10), for: awaitsFailure ? .seconds(60) : .zero)
    let tracing = LayeredTracing(service: "host", adding: .distiller(snapshots: options))
    tracing.tracer.withSpan("work of the host") { $0.attributes["text"] = String(repeating: "x", count: 20_000) }
    if arguments[1] == "fork" {
      // Swift hides fork, but programs that embed C use it.
      let fork = unsafeBitCast(dlsym(nil, "fork"), to: (@convention(c) () -> pid_t).self)
      let child = fork()
      if child == 0 { exit(tracing.snapshots?.statistics.written == 0 ? 0 : 1) }
      var status: Int32 = 0
      waitpid(child, &status, 0)
      if status != 0 { exit(EX_SOFTWARE) }
    }
    guard awaitsFailure else { return }
    for _ in 0..<2_000 {
      if let failure = tracing.snapshots?.statistics.latestFailure { return print(failure) }
      usleep(10_000)
    }
    print("no failure within 20 s")
  }
}

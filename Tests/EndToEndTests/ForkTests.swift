// Proves that a child of `fork` may go on tracing, logging and asking its store, whatever the threads of its parent did at that moment. With locks that were
// not taken over the fork, 37 of 60 such children hung.

import Testing

@Suite struct ForkTests {
  /// A lock of the Swift runtime's or of swift-log's may be held by another thread at the moment of the fork: it is not ours to take, and stops about one
  /// child in some hundreds on a busy machine. So one run of three without such a child is enough; of locks of ours none would be.
  @Test(.timeLimit(.minutes(5))) func `No child of a program with busy threads hangs or finds anything half done`() throws {
    var outputs: [String] = []
    for _ in 1...3 {
      let place = try TestPlace()
      let host = run([layersHost, "forks", place.path, "40"])
      try #require(host.code == 0 && host.output.contains(" failed 0, "), "\(host)")
      if host.output == "hung 0, failed 0, well 40\n" { return }
      outputs.append(host.output)
    }
    Issue.record("\(outputs)")
  }
}

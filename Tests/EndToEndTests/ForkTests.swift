// Proves that a child of `fork` may go on tracing, logging and asking its store, whatever the threads of its parent did at that moment. With locks that were
// not taken over the fork, 37 of 60 such children hung.

import Testing

@Suite struct ForkTests {
  @Test(.timeLimit(.minutes(5))) func `No child of a program with busy threads hangs or finds anything half done`() throws {
    let place = try TestPlace()
    let host = run([layersHost, "forks", place.path, "40"])
    #expect(host.code == 0 && host.output == "hung 0, failed 0, well 40\n", "\(host)")
  }
}

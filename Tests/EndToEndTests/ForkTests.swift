// Proves that a child of `fork` can continue to trace, log and query its store, whatever its parent's threads were doing at the fork.
// Without locks that are held during the fork, 37 of 60 such children hung.

import Testing

@Suite struct ForkTests {
  @Test(.timeLimit(.minutes(5))) func `No child of a program with busy threads hangs or finds anything half done`() throws {
    let place = try TestPlace()
    let host = run([layersHost, "forks", place.path, "40"])
    #expect(host.code == 0 && host.output == "hung 0, failed 0, well 40\n", "\(host)")
  }
}

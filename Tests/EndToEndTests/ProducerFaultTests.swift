// Proves the library's guarantees for the observed program, between real processes: the program continues, its signals and output are not
// affected, and its counters add up, whatever happens to the reader.

import Foundation
import JSON
import Platform
import Testing

@Suite struct ProducerFaultTests {
  @Test func `A reader that comes late gets everything in order and once`() throws {
    let place = try TestPlace()
    // There is no pipe yet.
    let host = HostProcess([place.pipe, "count=3000", "end=wait"])
    try host.line { $0 == "sent" }
    let server = try ServerProcess(pipe: place.pipe)
    let status = try server.status { store("moduleLogs", $0) >= 3_000 }
    #expect(store("moduleLogs", status) == 3_000 && store("missingRecords", status) == 0 && store("redeliveredRecords", status) == 0)
    host.proceed()
    let end = try host.end()
    let said = try statistics(end.said)
    #expect(end.code == 0 && end.said.contains("signals unchanged"), "\(end.said)")
    #expect(said["accepted"] == 3_000 && said["delivered"] == 3_000, "\(said)")
  }

  @Test func `A reader that is killed costs the program nothing, and the next one sees what was lost`() throws {
    let place = try TestPlace()
    let first = try ServerProcess(pipe: place.pipe)
    let host = HostProcess([place.pipe, "count=20000", "pace=20000", "end=wait"])
    try first.status { store("moduleLogs", $0) > 100 }
    kill(first.process, SIGKILL)
    first.end()
    let second = try ServerProcess(pipe: place.pipe)
    try host.line { $0 == "sent" }
    host.proceed()
    let end = try host.end()
    let said = try statistics(end.said)
    #expect(end.code == 0 && said["accepted"] == 20_000 && said["delivered"]! + said["dropped"]! == 20_000, "\(said)")
    // The records since the second server began have no gaps except the reported ones.
    let status = try second.status { status in
      store("moduleLogs", status) > 0 && store("moduleLogs", status) + store("producerDropped", status) <= 20_000
    }
    #expect(store("redeliveredRecords", status) == 0, "\(status.serializedString)")
  }

  /// Records are in the pipe when their reader is killed. The next reader learns how many, whether more records arrive or not.
  private static func hasOpen(_ process: pid_t, _ path: String) -> Bool {
    let folder = "/proc/\(process)/fd"
    let open = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return open.contains { (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) == path }
  }

  @Test func `What a killed reader left in the pipe is missing, by the number`() throws {
    let place = try TestPlace()
    let first = try ServerProcess(pipe: place.pipe)
    kill(first.process, SIGSTOP)
    // It writes for two seconds: a program that has written everything does not notice that its reader is gone, and the next one reads it all.
    let host = HostProcess([place.pipe, "count=2000", "pace=1000000", "end=wait"])
    // Some of them are in the pipe.
    var pipe = open(place.pipe, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
    for _ in 0..<1_000 where pipe < 0 {
      usleep(1_000)
      pipe = open(place.pipe, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
    }
    try #require(pipe >= 0, "\(String(cString: strerror(errno)))")
    while FileDescriptors.unreadBytes(pipe) ?? 0 < 20_000 { usleep(1_000) }
    close(pipe)
    kill(first.process, SIGKILL)
    first.end()
    // A reader that opens the pipe before the program has closed it can read the rest.
    var looks = 0
    while looks < 5_000, Self.hasOpen(host.process, place.pipe) {
      looks += 1
      usleep(1_000)
    }
    #expect(looks < 5_000, "the program did not notice that its reader is gone")
    let second = try ServerProcess(pipe: place.pipe)
    try host.line { $0 == "sent" }
    let status = try second.status { store("moduleLogs", $0) + store("missingRecords", $0) + store("producerDropped", $0) >= 2_000 }
    #expect(
      store("moduleLogs", status) + store("missingRecords", status) + store("producerDropped", status) == 2_000,
      "\(status.serializedString)")
    #expect(store("missingRecords", status) >= 20_000 / 1_000, "\(status.serializedString)")
    host.proceed()
    let said = try statistics(host.end().said)
    #expect(said["accepted"] == 2_000 && said["inFlight"] == 0, "\(said)")
  }

  @Test func `A stopped reader makes the program drop, not wait, and every drop is told`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    kill(server.process, SIGSTOP)
    let host = HostProcess([place.pipe, "count=30000", "memory=262144", "end=wait"])
    // The output shows that no call of `send` waited, although there is no reader.
    try host.line { $0 == "sent" }
    kill(server.process, SIGCONT)
    host.proceed()
    let end = try host.end()
    let said = try statistics(end.said)
    #expect(end.code == 0 && said["dropped", default: 0] > 10_000 && said["inFlight"] == 0, "\(said)")
    let status = try server.status { store("moduleLogs", $0) + store("producerDropped", $0) == 30_000 }
    #expect(store("producerDropped", status) == said["dropped"] && store("missingRecords", status) == 0, "\(status.serializedString)")
  }

  @Test(arguments: ["memory", "journal"])
  func `A child after fork is a producer of its own`(_ tier: String) throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    let end = try HostProcess([place.pipe, "count=500", "pace=20000", "tier=\(tier)", "end=fork"]).end()
    #expect(end.code == 0 && end.said.contains("child 0"), "\(end.said)")
    let accounts = try end.said.filter { $0.hasPrefix("statistics") }.map { try statistics([$0]) }
    #expect(accounts.map { $0["accepted"] } == [500, 1_000], "\(accounts)")
    let status = try server.status { store("moduleLogs", $0) >= 1_500 }
    #expect(store("moduleLogs", status) == 1_500 && store("missingRecords", status) == 0 && store("redeliveredRecords", status) == 0)
    #expect(status["store"]?["producers"]?.integer == 2)
  }

  @Test func `An ordinary end writes what waits`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    // The program does not flush: returning from main is enough.
    let end = try HostProcess([place.pipe, "count=2000", "end=exit"]).end()
    #expect(end.code == 0)
    let status = try server.status { store("moduleLogs", $0) >= 2_000 }
    #expect(store("moduleLogs", status) == 2_000)
  }

  @Test(arguments: ["memory", "journal"])
  func `A stopped reader does not keep the program from ending`(_ tier: String) throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    kill(server.process, SIGSTOP)
    let end = try HostProcess([place.pipe, "count=20000", "pace=5000", "tier=\(tier)", "end=exit"]).end()
    kill(server.process, SIGCONT)
    let said = try statistics(end.said)
    #expect(end.code == 0 && end.said.contains("signals unchanged") && said["accepted"] == 20_000, "\(end.code) \(said)")
    // At least what was reported as written is there.
    let status = try server.status { store("moduleLogs", $0) >= said["delivered"]! + said["journaled"]! }
    #expect(store("redeliveredRecords", status) == 0, "\(status.serializedString)")
  }

  @Test(arguments: ["memory", "journal"])
  func `Without a file descriptor left the program goes on, and says why nothing is written`(_ tier: String) throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    let host = HostProcess([place.pipe, "count=500", "descriptors=3", "tier=\(tier)", "end=wait"])
    try host.line { $0 == "sent" }
    host.proceed()
    let end = try host.end()
    let said = try statistics(end.said)
    let reason = String(cString: strerror(EMFILE))
    #expect(end.code == 0 && end.said.contains { $0.hasPrefix("problem ") && $0.hasSuffix(reason) }, "\(end.said)")
    #expect(said["accepted"] == 500 && said["inFlight"] == 500 && said["dropped"] == 0, "\(said)")
    #expect(store("moduleLogs", try server.ask("server/status")) == 0)
  }

  /// `strace` makes system calls fail; not every machine allows it.
  private static let mayInject = run(["strace", "-qq", "-o", "/dev/null", "-e", "inject=getppid:retval=1", "true"]).code == 0

  /// The error of every other call, from the second on, about twenty times.
  @Test(
    .enabled(if: mayInject, "needs strace"),
    arguments: [
      ("memory", "write:error=EINTR"), ("memory", "write:error=EAGAIN"), ("memory", "flock:error=EINTR"), ("journal", "write:error=EINTR"),
      ("journal", "write:error=EIO"),
    ])
  func `Interrupted and failing system calls lose nothing`(_ tier: String, _ fault: String) throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    let host = HostProcess(
      [place.pipe, "count=2000", "pace=20000", "segment=100000", "tier=\(tier)", "end=wait"],
      under: ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=write,flock", "-e", "inject=\(fault):when=2..40+2"])
    let status = try server.status { store("moduleLogs", $0) >= 2_000 }
    #expect(store("moduleLogs", status) == 2_000 && store("missingRecords", status) == 0, "\(status.serializedString)")
    host.proceed()
    let end = try host.end()
    let said = try statistics(end.said)
    #expect(end.code == 0 && said["accepted"] == 2_000 && said["inFlight"] == 0 && said["dropped"] == 0, "\(end.said.suffix(3))")
  }

  @Test func `A fatal error keeps its signal, and what was written before it is there`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    let end = try HostProcess([place.pipe, "count=200", "end=fatal"]).end()
    #expect(end.code == -SIGILL || end.code == -SIGTRAP, "\(end.code)")
    let status = try server.status { store("moduleLogs", $0) >= 200 }
    #expect(store("moduleLogs", status) == 200)
  }

  @Test func `Without a reader a million records stay within the bound, and the program ends at once`() throws {
    let place = try TestPlace()
    let end = try HostProcess([place.pipe, "count=1000000", "end=_exit"]).end()
    let said = try statistics(end.said)
    #expect(end.code == 7 && said["accepted"] == 1_000_000 && said["delivered"] == 0, "\(said)")
    #expect(said["dropped"]! + said["inFlight"]! == 1_000_000 && said["inFlight"]! * 300 < 8 << 20, "\(said)")
    // Both buffers fill: more than half of the limit is in use.
    #expect(said["inFlight"]! * 300 > 5 << 20, "\(said)")
  }
}

// Measures how many records a program can send through its pipe, and how many are lost at which rate.

import Platform
import TraceContextServer
import TraceLayers

enum DeliveryBench {
  static func run(_ place: SendBench.Place) {
    // The limit: plain writes of the writer's size through the same pipe.
    let bare = bareWrites(place)
    for (name, tier) in [("memory tier", NamedPipeLogManager.Tier.memory), ("journal tier", .journal)] {
      let fastest = deliver(place, tier, perSecond: nil)
      Bench.report(
        "sustained to cat, two threads, \(name)", Bench.thousands(fastest.perSecond),
        "\(Bench.rounded(fastest.perSecond / bare)) of bare writes (goal, memory tier: 700 k/s)")
      let half = deliver(place, tier, perSecond: 350_000)
      Bench.report("at 350 k/s, \(name)", "dropped \(half.dropped) of \(half.accepted)", "left to the journal \(half.journaled) (goal: 0)")
    }
    place.withManager(.absent) { manager in
      let before = ProcessMemory.residentBytes() ?? 0
      for _ in 0..<1_000_000 { place.send(manager) }
      let grown = (ProcessMemory.residentBytes() ?? 0) - before
      let account = manager.statistics
      Bench.report(
        "1,000,000 records, nobody reads",
        "memory + \(grown >> 10) KiB of at most 8192, held \(account.inFlight), dropped \(account.dropped)",
        account.inFlight + account.dropped == 1_000_000 ? "(exact)" : "(WRONG)")
    }
  }

  private static func deliver(_ place: SendBench.Place, _ tier: NamedPipeLogManager.Tier, perSecond: Double?) -> (
    perSecond: Double, accepted: UInt64, dropped: UInt64, journaled: UInt64
  ) {
    let path = "\(place.directory)/delivery.pipe"
    mkfifo(path, 0o600)
    let reader = Bench.spawn(["sh", "-c", "exec cat '\(path)' > /dev/null"])
    var options = NamedPipeLogManager.Options(path: path)
    options.tier = tier
    let manager = NamedPipeLogManager(options: options)
    while manager.statistics.connections == 0 {
      place.send(manager)
      usleep(1_000)
    }
    manager.flush()
    let before = manager.statistics
    let start = MonotonicClock.nanos
    let work = {
      var sent = 0.0
      while MonotonicClock.nanos - start < 2_000_000_000 {
        if let perSecond {
          // Each thread sends half of the rate, in groups of ten.
          while sent < Double(MonotonicClock.nanos - start) / 1e9 * perSecond / 2 {
            place.send(manager)
            sent += 1
          }
          usleep(50)
        } else {
          for _ in 0..<64 { place.send(manager) }
          // A program that only sends records would only drop them: limit the number of records in flight.
          while manager.statistics.inFlight > 12_000 { usleep(20) }
        }
      }
    }
    let other = BenchThread(work)
    work()
    other.join()
    manager.flush()
    let seconds = Double(MonotonicClock.nanos - start) / 1e9
    let account = manager.statistics
    kill(reader, SIGTERM)
    Bench.wait(reader)
    Bench.wait(Bench.spawn(["rm", "-rf", path, path + ".journal"]))
    let kept = account.delivered + account.journaled - before.delivered
    return (Double(kept) / seconds, account.accepted - before.accepted, account.dropped - before.dropped, account.journaled)
  }

  /// Records per second as 64 KiB writes to the same kind of pipe.
  private static func bareWrites(_ place: SendBench.Place) -> Double {
    let path = "\(place.directory)/bare.pipe"
    mkfifo(path, 0o600)
    let reader = Bench.spawn(["sh", "-c", "exec cat '\(path)' > /dev/null"])
    let writer = open(path, O_WRONLY | O_CLOEXEC)
    let perWrite = (64 << 10) / (place.record.count + 60)
    let piece = [UInt8](repeating: 0x20, count: perWrite * (place.record.count + 60))
    let writes = 10_000
    let seconds = Bench.seconds { for _ in 0..<writes { _ = write(writer, piece, piece.count) } }
    close(writer)
    Bench.wait(reader)
    unlink(path)
    return Double(writes * perWrite) / seconds
  }
}

// Proves that records reach a reader in order and once, that nothing waits for a reader, and that every drop is counted and reported.

import Platform
import Testing

@testable import TraceLayers

@Suite struct NamedPipeLogManagerTests {
  @Test func recordsOfALateReaderComeInOrderAndOnce() throws {
    let pipe = try TestPipe()
    let manager = NamedPipeLogManager(options: .init(path: pipe.path))
    for number in 1...1_000 { manager.send("early \(number)") }
    #expect(manager.statistics.inFlight == 1_000)
    pipe.openReader()
    let lines = try pipe.lines(1_001)
    #expect(outline(lines) == ["session"] + (1...1_000).map { "#\($0)" })
    manager.flush()
    let statistics = manager.statistics
    #expect(statistics.delivered == 1_000 && statistics.dropped == 0 && statistics.inFlight == 0 && statistics.connections == 1)
  }

  @Test func withoutAReaderMemoryIsBoundedAndEveryDropIsCountedAndTold() throws {
    let pipe = try TestPipe()
    var options = NamedPipeLogManager.Options(path: pipe.path)
    options.maxBytes = 256 << 10
    let manager = NamedPipeLogManager(options: options)
    for number in 1...20_000 { manager.send("r\(number)", padding: 100) }
    var statistics = manager.statistics
    #expect(statistics.accepted == 20_000 && statistics.isBalanced)
    #expect(statistics.droppedFull > 18_000, "\(statistics)")
    let kept = statistics.inFlight
    pipe.openReader()
    // The records that were kept, and one gap with the number of those that were not.
    let got = outline(try pipe.lines(Int(kept) + 2))
    #expect(got.filter { $0.hasPrefix("#") }.count == Int(kept))
    let gaps = got.filter { $0.hasPrefix("gap") }
    #expect(gaps.count >= 1 && !got.contains { $0.hasPrefix("lost") }, "\(gaps) \(got.suffix(3))")
    manager.flush()
    statistics = manager.statistics
    #expect(statistics.delivered == kept && statistics.inFlight == 0 && statistics.isBalanced, "\(statistics)")
  }

  @Test func aReaderThatDiesCostsTheProgramNothing() throws {
    let pipe = try TestPipe()
    let manager = NamedPipeLogManager(options: .init(path: pipe.path))
    pipe.openReader()
    manager.send("one")
    _ = try pipe.lines(2)
    pipe.closeReader()
    // SIGPIPE would end this process.
    manager.send("two")
    // Returns when the writer has found that there is no reader.
    manager.flush()
    manager.send("three")
    pipe.openReader()
    let got = outline(try pipe.lines(3))
    #expect(got == ["session", "#2", "#3"], "\(got)")
    #expect(manager.statistics.connections == 2)
  }

  /// Written but never read: the next reader learns which records these may be.
  @Test func whatADyingReaderLeftInThePipeIsTold() throws {
    let pipe = try TestPipe()
    let manager = NamedPipeLogManager(options: .init(path: pipe.path))
    pipe.openReader()
    manager.send("one")
    #expect(outline(try pipe.lines(2)) == ["session", "#1"])
    manager.send("two")
    manager.flush()
    manager.send("three")
    manager.flush()
    #expect(manager.statistics.delivered == 3)
    pipe.closeReader()
    manager.send("four")
    // Returns when the writer has found that there is no reader.
    manager.flush()
    pipe.openReader()
    let marker = try pipe.lines(2)
    #expect(marker[0].contains(#""first_seq":2,"last_seq":3}}"#), "\(marker)")
    #expect(outline(marker) == ["session", "#4"], "\(marker)")
    // Reported once: all of it was read.
    pipe.closeReader()
    manager.send("five")
    manager.flush()
    pipe.openReader()
    let again = try pipe.lines(2)
    #expect(!again[0].contains("first_seq"), "\(again)")
  }

  @Test func unreadRecordsAreFoundByBytes() {
    var recent = UnreadRecords()
    for number: UInt64 in 1...3_000 { recent.note(bytes: 100, numbers: number...number) }
    recent.note(bytes: 50, numbers: nil)
    #expect(recent.numbers(unread: 0) == nil)
    #expect(recent.numbers(unread: 50) == nil)
    #expect(recent.numbers(unread: 51) == 3_000...3_000)
    #expect(recent.numbers(unread: 150) == 3_000...3_000)
    // Old pieces were merged: slightly more may be reported, never less.
    for bytes in [1_000, 30_000, 64_000] {
      let first = UInt64(3_000 - (bytes - 50) / 100)
      let found = recent.numbers(unread: bytes)
      #expect(
        found.map { $0.lowerBound <= first && $0.lowerBound + 8 >= first && $0.upperBound == 3_000 } == true, "\(bytes): \(found as Any)")
    }
  }

  @Test func aRecordOverTheBoundIsDroppedAndTold() throws {
    let pipe = try TestPipe()
    var options = NamedPipeLogManager.Options(path: pipe.path)
    options.maxRecordBytes = 1_000
    let manager = NamedPipeLogManager(options: options)
    manager.send("small")
    manager.send("large", padding: 1_000)
    manager.send("small again")
    pipe.openReader()
    #expect(outline(try pipe.lines(4)) == ["session", "#1", "gap 2-2 of 1", "#3"])
    #expect(manager.statistics.droppedOversize == 1)
  }

  @Test func recordsOfManyThreadsComeWhole() async throws {
    let pipe = try TestPipe()
    let manager = NamedPipeLogManager(options: .init(path: pipe.path))
    pipe.openReader()
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<4 {
        group.addTask { for number in 0..<500 { manager.send("\(task)/\(number)", padding: number % 50 == 0 ? 10_000 : 50) } }
      }
    }
    let got = outline(try pipe.lines(2_001))
    #expect(got == ["session"] + (1...2_000).map { "#\($0)" }, "\(got.prefix(3)) … \(got.suffix(3))")
  }

  @Test func longLinesOfTwoWritersAreNotTorn() async throws {
    let pipe = try TestPipe()
    pipe.openReader()
    let managers = [NamedPipeLogManager(options: .init(path: pipe.path)), NamedPipeLogManager(options: .init(path: pipe.path))]
    await withTaskGroup(of: Void.self) { group in
      for manager in managers {
        // Records longer than what a pipe takes atomically (4,096 bytes), mixed with short ones.
        group.addTask { for number in 0..<300 { manager.send("\(number)", padding: number % 3 == 0 ? 50 : 9_000) } }
      }
    }
    let lines = try pipe.lines(602)
    // Each writer's records are complete and in order, whatever is between them.
    for manager in managers {
      let expected = ["session"] + (1...300).map { "#\($0)" }
      let got = outline(lines.filter { $0.contains(manager.runID) })
      let isWhole = got == expected
      #expect(isWhole, "missing \(Set(expected).subtracting(got)), besides \(Set(got).subtracting(expected)), \(got.count) lines")
    }
  }

  @Test func aWriterThatKeepsTheLockForEverDoesNotStopOthers() throws {
    let pipe = try TestPipe()
    pipe.openReader()
    let stopped = open(pipe.path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
    defer { close(stopped) }
    try #require(flock(stopped, LOCK_EX) == 0)
    let manager = NamedPipeLogManager(options: .init(path: pipe.path))
    for _ in 0..<3 { manager.send("on its way all the same", padding: 5_000) }
    #expect(outline(try pipe.lines(4)) == ["session", "#1", "#2", "#3"])
  }

  @Test func anythingButAPipeOfOursIsNotWrittenTo() throws {
    let pipe = try TestPipe()
    unlink(pipe.path)
    let file = open(pipe.path, O_CREAT | O_WRONLY, 0o600)
    close(file)
    let manager = NamedPipeLogManager(options: .init(path: pipe.path))
    manager.send("lost?")
    manager.flush()
    #expect(manager.problem == "\(pipe.path) is not a named pipe")
    var status = stat()
    #expect(stat(pipe.path, &status) == 0 && status.st_size == 0)
    #expect(manager.statistics.inFlight == 1)
  }

  @Test func aFlushWithoutAReaderReturnsAtOnceAndLosesNothing() throws {
    let pipe = try TestPipe()
    let manager = NamedPipeLogManager(options: .init(path: pipe.path))
    manager.send("kept")
    manager.flush()
    #expect(manager.statistics.inFlight == 1)
    pipe.openReader()
    #expect(outline(try pipe.lines(2)) == ["session", "#1"])
  }
}

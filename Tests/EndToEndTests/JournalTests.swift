// Proves the durable tier between real processes: committed records are in the store exactly once, whatever was killed, stopped, full or
// damaged.

import JSON
import Platform
import Testing

@Suite struct JournalTests {
  @Test func `What nobody read is replayed, and its segments go`() throws {
    let place = try TestPlace()
    let host = try HostProcess([place.pipe, "tier=journal", "count=5000", "pace=20000", "segment=200000", "end=_exit"]).end()
    let said = try statistics(host.said)
    #expect(host.code == 7 && said["journaled"] == 5_000 && said["committed"] == 5_000 && said["delivered"] == 0, "\(said)")
    #expect(segments(place).count > 4)
    let server = try ServerProcess(pipe: place.pipe)
    let status = try server.status { segments(place).isEmpty && $0["sources"]?[1]?["counters"]?["records"]?.integer == 5_000 }
    #expect(store("moduleLogs", status) == 5_000 && store("missingRecords", status) == 0 && store("redeliveredRecords", status) == 0)
    let journal = try #require(status["sources"]?[1])
    #expect(journal["kind"]?.string == "journal" && journal["counters"]?["records"]?.integer == 5_000, "\(journal.serializedString)")
  }

  @Test func `What the pipe brought is not read again`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    let host = try HostProcess([place.pipe, "tier=journal", "count=2000", "pace=20000", "segment=100000", "end=_exit"]).end()
    let said = try statistics(host.said)
    #expect(said["committed"] == 2_000 && said["inFlight"] == 0, "\(said)")
    let status = try server.status { store("moduleLogs", $0) >= 2_000 && segments(place).isEmpty }
    #expect(store("moduleLogs", status) == 2_000 && store("missingRecords", status) == 0)
  }

  @Test func `A hundred killed programs lose nothing that was committed, and nothing comes twice`() throws {
    let place = try TestPlace()
    func killOne(_ round: Int) throws -> Int {
      let host = HostProcess([place.pipe, "tier=journal", "count=10000000", "memory=1000000", "segment=100000"])
      var lines = round % 7
      try host.line { line in
        lines -= line.hasPrefix("committed") ? 1 : 0
        return lines < 0
      }
      kill(host.process, SIGKILL)
      #expect(try host.end().code == -SIGKILL)
      return host.committed
    }
    var committed = 0
    for round in 0..<50 { committed += try killOne(round) }
    // There was no reader yet: the files show what was committed.
    let (lines, torn) = wholeLines(place)
    #expect(lines >= committed)
    let server = try ServerProcess(pipe: place.pipe)
    // The status is updated after the files.
    var status = try server.status { status in
      segments(place).isEmpty && status["sources"]?[1]?["counters"]?["tornLines"]?.integer == Int64(torn)
    }
    #expect(store("moduleLogs", status) == Int64(lines), "of \(lines) committed records")
    #expect(store("redeliveredRecords", status) == 0 && store("missingRecords", status) == 0, "\(status.serializedString)")
    #expect(status["sources"]?[1]?["counters"]?["corruptLines"]?.integer == 0)

    // Again with a server that reads the pipe meanwhile.
    for round in 0..<50 { committed += try killOne(round) }
    status = try server.status { _ in segments(place).isEmpty }
    #expect(store("moduleLogs", status) >= Int64(committed) && store("missingRecords", status) == 0, "\(status.serializedString)")
  }

  @Test func `A stopped server reads afterwards what it could not take`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    kill(server.process, SIGSTOP)
    let host = try HostProcess([place.pipe, "tier=journal", "count=20000", "pace=5000", "segment=500000", "end=_exit"]).end()
    kill(server.process, SIGCONT)
    let said = try statistics(host.said)
    #expect(host.code == 7 && said["inFlight"] == 0 && said["journaled", default: 0] > 0, "\(said)")
    let status = try server.status {
      store("moduleLogs", $0) + store("producerDropped", $0) >= said["accepted"]! && segments(place).isEmpty
    }
    #expect(store("moduleLogs", status) + said["dropped"]! == 20_000, "\(said) \(status.serializedString)")
    #expect(store("missingRecords", status) == 0 && store("producerDropped", status) == said["dropped"])
  }

  @Test func `A server that takes over has what the killed one had read of a living program`() throws {
    let place = try TestPlace()
    let first = try ServerProcess(pipe: place.pipe)
    let host = HostProcess([place.pipe, "tier=journal", "count=3000", "pace=20000", "end=wait"])
    try first.status { store("moduleLogs", $0) > 500 }
    kill(first.process, SIGKILL)
    first.end()
    try host.line { $0 == "sent" }
    let second = try ServerProcess(pipe: place.pipe)
    let status = try second.status { store("moduleLogs", $0) >= 3_000 }
    #expect(store("moduleLogs", status) == 3_000 && store("missingRecords", status) == 0, "\(status.serializedString)")
    // The program keeps its newest segment locked; when it ends, that segment is removed too.
    #expect(segments(place).count == 1)
    host.proceed()
    #expect(try host.end().code == 0)
    try second.status { _ in segments(place).isEmpty }
  }

  /// Segments that are wholly in a server's memory are deleted: what a kill takes with it is told by the next server, with its range, and once.
  @Test func `What a killed server alone had is told by the next one`() throws {
    let place = try TestPlace()
    let list = place.pipe + ".journal/taken"
    let first = try ServerProcess(pipe: place.pipe)
    let host = HostProcess([place.pipe, "tier=journal", "count=3000", "pace=20000", "segment=100000", "end=wait"])
    try host.line { $0 == "sent" }
    // All but the newest segment are gone, which the program holds.
    try first.status { store("moduleLogs", $0) == 3_000 && segments(place).count == 1 }
    kill(first.process, SIGKILL)
    first.end()
    let words = run(["cat", list]).output.split(separator: " ")
    let last = try #require(words.last.flatMap { Int64($0.dropLast()) })
    #expect(words.count == 3 && words[1] == "1" && last > 1_000 && last < 3_000, "\(words)")
    let second = try ServerProcess(pipe: place.pipe)
    // The report follows the records.
    let status = try second.status { store("moduleLogs", $0) == 3_000 - last && $0["sources"]?[1]?["problems"]?.array?.isEmpty == false }
    #expect(store("missingRecords", status) == last, "the program goes on, so its traces lack what is gone: \(status.serializedString)")
    let problems = try #require(status["sources"]?[1]?["problems"]?.array)
    let told = "records 1 to \(last) of \(words[0]) were in a server that was killed; their segments are gone"
    #expect(problems.contains { $0["reason"]?.string == told }, "expected \(told), got \(problems.map(\.serializedString))")
    // One that ends by itself leaves nothing to tell, and what was told is not told again.
    host.proceed()
    #expect(try host.end().code == 0)
    try second.status { _ in segments(place).isEmpty }
    second.closeInput()
    #expect(second.end() == 0)
    #expect(access(list, F_OK) != 0)
    let third = try ServerProcess(pipe: place.pipe)
    let after = try third.ask("server/status")
    #expect(store("missingRecords", after) == 0 && after["sources"]?[1]?["problems"]?.array ?? [] == [], "\(after.serializedString)")
  }

  @Test func `A full journal drops its oldest segments and tells how many records that were`() throws {
    let place = try TestPlace()
    let host = try HostProcess([place.pipe, "tier=journal", "count=5000", "pace=20000", "segment=100000", "cap=400000", "end=_exit"]).end()
    let said = try statistics(host.said)
    #expect(said["droppedJournal", default: 0] > 1_000 && said["journaled"]! + said["dropped"]! == 5_000, "\(said)")
    let server = try ServerProcess(pipe: place.pipe)
    let status = try server.status { _ in segments(place).isEmpty }
    #expect(store("producerDropped", status) == said["dropped"] && store("missingRecords", status) == 0, "\(status.serializedString)")
    #expect(store("moduleLogs", status) == said["journaled"])
  }

  @Test func `On a full disk the program goes on as without a journal`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    let full = HostProcess([place.pipe, "tier=journal", "count=3000", "pace=20000", "file=100000", "segment=200000", "end=wait"])
    full.proceed()
    let host = try full.end()
    let said = try statistics(host.said)
    #expect(host.code == 0 && host.said.contains("signals unchanged"), "\(host.code) \(host.said.suffix(3))")
    #expect(host.said.contains { $0.hasPrefix("problem") && $0.contains("File too large") }, "\(host.said.suffix(3))")
    #expect(said["committed", default: 0] > 100 && said["committed", default: 0] < 1_000 && said["inFlight"] == 0, "\(said)")
    let status = try server.status { store("moduleLogs", $0) + store("producerDropped", $0) >= 3_000 }
    #expect(
      store("moduleLogs", status) == 3_000 - said["dropped"]! && store("missingRecords", status) == 0, "\(said) \(status.serializedString)")
  }

  @Test func `Damaged segments are counted and set aside, and the rest is served`() throws {
    let place = try TestPlace()
    _ = try HostProcess([place.pipe, "tier=journal", "count=1000", "pace=20000", "segment=100000", "end=_exit"]).end()
    let directory = place.pipe + ".journal"
    let names = segments(place)
    // A flipped bit in the middle of the oldest segment; the newest ends in the middle of a line.
    let oldest = try #require(names.first { $0.hasSuffix("-1.jsonl") }.map { "\(directory)/\($0)" })
    let file = open(oldest, O_RDWR)
    var byte: UInt8 = 0
    pread(file, &byte, 1, 50_000)
    byte ^= 0x10
    pwrite(file, &byte, 1, 50_000)
    close(file)
    let newest = open("\(directory)/\(try #require(names.last))", O_WRONLY | O_APPEND)
    writeAll(Array("{\"timestamp\":\"2026-".utf8), to: newest)
    close(newest)
    // Entries that never were segments: a FIFO, a directory, other bytes.
    mkfifo("\(directory)/fifo-1.jsonl", 0o600)
    mkdir("\(directory)/directory-1.jsonl", 0o700)
    let bytes = open("\(directory)/bytes-1.jsonl", O_CREAT | O_WRONLY, 0o600)
    writeAll((0..<9_999).map { UInt8(truncatingIfNeeded: $0 &* 7) }, to: bytes)
    close(bytes)

    let server = try ServerProcess(pipe: place.pipe)
    // Two entries remain that never were segments; the status is updated after the files.
    let status = try server.status {
      segments(place).count == 2 && $0["sources"]?[1]?["counters"]?["tornLines"]?.integer == 2 && store("moduleLogs", $0) == 999
    }
    let counters = try #require(status["sources"]?[1]?["counters"])
    #expect(counters["corruptLines"]?.integer ?? 0 > 1 && counters["tornLines"]?.integer == 2, "\(counters.serializedString)")
    #expect(store("missingRecords", status) == 1)
    #expect(files(directory).filter { $0.hasSuffix(".damaged") }.count == 2, "\(files(directory))")
  }

  @Test func `A journal that others may write to is neither written nor read`() throws {
    let place = try TestPlace()
    let directory = place.pipe + ".journal"
    mkdir(directory, 0o700)
    chmod(directory, 0o777)
    let server = try ServerProcess(pipe: place.pipe)
    let waiting = HostProcess([place.pipe, "tier=journal", "count=100", "pace=20000", "end=wait"])
    waiting.proceed()
    let host = try waiting.end()
    let status = try server.status { store("moduleLogs", $0) == 100 }
    #expect(host.said.contains("problem \(directory) belongs to another user, or others may write to it"), "\(host.said)")
    #expect(try statistics(host.said)["committed"] == 0 && files(directory).isEmpty)
    #expect(status["sources"]?[1]?["state"]?.string == "unavailable", "\(status["sources"]?.serializedString ?? "")")
  }

  // MARK: Files

  private func files(_ directory: String) -> [String] {
    guard let entries = opendir(directory) else { return [] }
    defer { closedir(entries) }
    var names: [String] = []
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
  }

  private func segments(_ place: TestPlace) -> [String] { files(place.pipe + ".journal").filter { $0.hasSuffix(".jsonl") } }

  /// The number of complete records in all segments, and of segments that end in the middle of one.
  private func wholeLines(_ place: TestPlace) -> (lines: Int, torn: Int) {
    var (lines, torn) = (0, 0)
    for name in segments(place) {
      let bytes = Array(run(["cat", "\(place.pipe).journal/\(name)"]).output.utf8)
      // Gap records begin with a space and are not records of the program.
      lines += bytes.split(separator: 0x0A).filter { $0.first != 0x20 }.count
      if let last = bytes.last, last != 0x0A {
        torn += 1
        lines -= 1
      }
    }
    return (lines, torn)
  }
}

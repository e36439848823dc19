// Proves that reports are written in order, complete, within a limit, for a limited time and once at exit, and that failures to write are
// counted.

import Platform
import Testing
import Tracing

@testable import TraceLayers
@testable import TraceLayersDistiller

@Suite struct SnapshotReportsTests {
  @Test func `Reports are numbered, tell what changed, and stop after their time; one comes at exit`() throws {
    let place = try ReportPlace()
    let (tracing, reports) = try place.program(every: .milliseconds(20), for: .milliseconds(2_000))
    tracing.tracer.withSpan("first") { _ in }
    try place.await { reports.statistics.written >= 1 && place.texts().contains { $0.contains("Root: first") } }
    tracing.tracer.withSpan("second") { _ in }
    try place.await { place.texts().contains { $0.contains("Root: second") } }
    try place.await { reports.statistics.isPeriodOver }
    let before = reports.statistics
    #expect(before.failed == 0 && before.written >= 2 && before.written <= 100, "\(before)")
    #expect(place.names().count == Int(before.written))

    tracing.tracer.withSpan("last") { _ in }
    SnapshotExit.write([reports])
    let texts = place.texts()
    #expect(reports.statistics.written == before.written + 1 && texts.count == Int(before.written) + 1)
    for (index, text) in texts.enumerated() {
      let reason = index == texts.count - 1 ? "exit" : "periodic"
      #expect(text.contains("\nReport: \(index + 1) (\(reason))\n"), "\(text)")
      #expect(text.contains("Program: shop · process \(getpid()) · run run-1\n"))
      #expect(place.names()[index] == "shop-\(getpid())-\(index < 9 ? "000" : index < 99 ? "00" : "0")\(index + 1).txt")
    }
    let last = try #require(texts.last)
    #expect(last.contains("3 traces, newest first:") && last.contains("Root: last"))
    // What was reported is not reported again.
    #expect(!last.contains("Root: second") && last.contains("Unchanged since the last report: 2 traces."), "\(last)")
    #expect(texts.filter { $0.contains("Root: second") }.count == 1)
    // The thread has ended: stopping again, or exiting, waits for nothing.
    reports.stop()
    SnapshotExit.write([reports])
    #expect(place.texts().count == texts.count)
  }

  @Test func `A shutdown leaves the report that exit would leave, once`() throws {
    let place = try ReportPlace()
    let (tracing, reports) = try place.program(every: .seconds(3_600), for: .seconds(7_200))
    tracing.tracer.withSpan("before") { _ in }
    for _ in 0..<3 { tracing.shutdown(within: .seconds(20)) }
    SnapshotExit.write([reports])
    let texts = place.texts()
    #expect(texts.count == 1 && texts[0].contains("Report: 1 (exit)") && texts[0].contains("Root: before"), "\(texts)")
    // The traces are kept, and recording continues.
    tracing.tracer.withSpan("after") { _ in }
    #expect(tracing.store?.traces().map(\.rootName) == ["before", "after"])
  }

  @Test func `Stopped reports write nothing more, not at exit either`() throws {
    let place = try ReportPlace()
    let (_, reports) = try place.program(every: .seconds(3_600), for: .seconds(7_200))
    reports.stop()
    SnapshotExit.write([reports])
    #expect(place.names().isEmpty && reports.statistics == SnapshotReports.Statistics())
  }

  @Test func `Another program's file is never replaced, and the number goes on behind it`() throws {
    let place = try ReportPlace()
    let taken = "shop-\(getpid())-0001.txt"
    mkdir(place.directory, 0o700)
    let file = open("\(place.directory)/\(taken)", O_WRONLY | O_CREAT, 0o600)
    write(file, "mine", 4)
    close(file)
    let (_, reports) = try place.program(every: .seconds(3_600), for: .zero)
    SnapshotExit.write([reports])
    #expect(place.names() == [taken, "shop-\(getpid())-0002.txt"])
    #expect(place.texts().first == "mine" && place.texts().last?.contains("Report: 2 (exit)") == true)
  }

  @Test(arguments: ["missing/reports", "a-file", "/proc/self"])
  func `A directory that cannot be used is counted, and used as soon as it can be`(_ name: String) throws {
    let place = try ReportPlace()
    let file = open("\(place.path)/a-file", O_WRONLY | O_CREAT, 0o600)
    close(file)
    let (_, reports) = try place.program(in: name, every: .milliseconds(5), for: .seconds(60))
    try place.await { reports.statistics.failed >= 2 }
    #expect(reports.statistics.written == 0)
    #expect(reports.statistics.latestFailure?.contains(name) == true, "\(reports.statistics)")
    if name == "missing/reports" {
      mkdir("\(place.path)/missing", 0o700)
      try place.await { reports.statistics.written >= 1 }
    }
    reports.stop()
  }

  @Test func `A report keeps to its bytes and names what it leaves out, which the next one tells`() throws {
    let place = try ReportPlace()
    let (tracing, reports) = try place.program(every: .seconds(3_600), for: .zero)
    for index in 0..<30 {
      tracing.tracer.withSpan("trace \(index)") { span in
        for part in 0..<20 { tracing.tracer.withSpan("🦆 part \(part)") { $0.attributes["text"] = String(repeating: "語", count: 50) } }
        span.attributes["index"] = index
      }
    }
    let store = try #require(tracing.store)
    var text = SnapshotText(program: .init(service: "a\nReport: 7 (exit)", run: "r", process: 1), maxBytes: 16_384)
    var told: Set<String> = []
    var isAllTold = false
    for number in 1...60 where !isAllTold {
      let body = text.next(of: store, deadline: .max)
      text.accept(body)
      let whole = text.header(number: number, .periodic, time: 0) + body.text
      #expect(whole.utf8.count <= 16_384)
      #expect(!whole.contains("\nReport: 7"), "a name forged a line")
      for line in whole.split(separator: "\n") where line.hasPrefix("Root: ") {
        #expect(told.insert(String(line)).inserted, "told twice: \(line)")
      }
      isAllTold = !whole.contains("Left out")
      #expect(number > 1 || !isAllTold)
    }
    #expect(told.count == 30 && isAllTold)
    // Even without time for summaries there is a list.
    tracing.tracer.withSpan("late") { _ in }
    let hurried = text.next(of: store, deadline: 0).text
    #expect(hurried.contains("31 traces") && hurried.contains("1 changed (t31)") && !hurried.contains("Root:"), "\(hurried)")
    reports.stop()
  }

  @Test func `Off unless asked for; asking keeps traces`() throws {
    #expect(LayeredTracing(service: "shop", adding: .distiller()).snapshots == nil)
    let place = try ReportPlace()
    let (tracing, reports) = try place.program(every: .seconds(1), for: .zero)
    #expect(tracing.store != nil && tracing.snapshots === reports)
    reports.stop()
  }

  @Test(arguments: [
    ("shop", "shop"), ("", "program"), ("../etc/x", "_./etc/x".replacing("/", with: "_")), ("a b\nc", "a_b_c"), ("é", "__"),
  ])
  func `Names of services become names of files`(_ service: String, _ name: String) {
    #expect(ReportDirectory.fileName(service) == name)
    #expect(ReportDirectory.fileName(String(repeating: "x", count: 1_000)).utf8.count == 64)
  }
}

/// A directory for one test, and the reports in it.
private final class ReportPlace {
  let path: String
  var directory: String { path + "/reports" }

  init() throws {
    var template = Array("/tmp/trace-layers-test-XXXXXX".utf8CString)
    path = String(cString: try #require(mkdtemp(&template)))
  }

  deinit {
    for name in names() { unlink("\(directory)/\(name)") }
    for name in ["reports", "missing/reports", "missing"] { rmdir("\(path)/\(name)") }
    unlink(path + "/a-file")
    rmdir(path)
  }

  func program(in name: String = "reports", every: Duration, for duration: Duration) throws -> (LayeredTracing, SnapshotReports) {
    let options = SnapshotReports.Options(directory: name.hasPrefix("/") ? name : "\(path)/\(name)", every: every, for: duration)
    var configuration = LayeredTracing.Configuration(service: "shop")
    configuration.layers = [.distiller(snapshots: options)]
    configuration.run = "run-1"
    let tracing = LayeredTracing(configuration)
    return (tracing, try #require(tracing.snapshots))
  }

  /// All file names, including hidden ones, in order.
  func names() -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != "..", !name.hasSuffix(".tmp") { names.append(name) }
    }
    return names.sorted()
  }

  func texts() -> [String] {
    names().compactMap { name in
      let file = open("\(directory)/\(name)", O_RDONLY)
      guard file >= 0 else { return nil }
      defer { close(file) }
      var bytes = [UInt8](repeating: 0, count: 1 << 20)
      return String(decoding: bytes[..<max(0, read(file, &bytes, bytes.count))], as: UTF8.self)
    }
  }

  /// Waits until the condition holds, at most 20 s.
  func await(_ isReached: () -> Bool) throws {
    let deadline = MonotonicClock.nanos + 20_000_000_000
    while !isReached() {
      try #require(MonotonicClock.nanos < deadline, "not reached within 20 s")
      usleep(2_000)
    }
  }
}

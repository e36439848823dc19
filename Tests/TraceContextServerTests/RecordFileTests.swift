// Proves that gzip is recognised by its bytes and decompressed completely: several members, padding, any file name; a file that is cut or
// damaged gives what can be recovered, with a report.

import Foundation
import Platform
import Testing
import TraceContextServer
import TraceRecords

struct RecordFileTests {
  /// One module log each, compressed by gzip.
  static let one = unpacked("H4sIAAAAAAACA6tWyslPjy+pLEhVslLKzU8pzUlV0lHKTS0uTkwHCeXnpSrVcgEAhqm6JCYAAAA=")
  static let two = unpacked("H4sIAAAAAAACA6tWyslPjy+pLEhVslLKzU8pzUlV0lHKTS0uTkwHCZWU5yvVcgEASU7mTyYAAAA=")

  private static func unpacked(_ base64: String) -> [UInt8] { Array(Data(base64Encoded: base64)!) }

  private func check(
    _ bytes: [UInt8], format: String? = nil, records: UInt64, _ message: String?, at location: SourceLocation = #_sourceLocation
  ) throws {
    let path = NSTemporaryDirectory() + "record-file-\(UUID().uuidString)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let report = try RecordFile.read(path, maxLineBytes: RecordStream.defaultMaxLineBytes, format: format) { _, _ in }
    let found = "\(report.statistics.records) \(report.message ?? "whole")"
    #expect(found == "\(records) \(message ?? "whole")", "\(report.statistics.counters)", sourceLocation: location)
  }

  @Test func gzip() throws {
    let early = "the gzip file ends early; what it holds up to there was read"
    try check(Self.one, records: 1, nil)
    try check(Self.one + Self.two + Self.one, records: 3, nil)
    // Padding as on tapes, and trailing bytes that are not a member.
    try check(Self.one + [0, 0, 0, 0], records: 1, nil)
    // Cut in the second member: the first one is complete. Cut in the checksum after the data: all data is there.
    try check(Self.one + Self.two.dropLast(20), records: 1, early)
    try check(Array(Self.one.dropLast(4)), records: 1, early)
    try check(Array(Self.one.prefix(2)), records: 0, early)
    var damaged = Self.one
    damaged[damaged.count - 8] ^= 0xFF
    try check(damaged, records: 1, "the gzip file is damaged (incorrect data check); what it holds up to there was read")
    // A file with only the first of gzip's two magic bytes is not gzip.
    try check([0x1F], records: 0, nil)
    try check([], records: 0, nil)
  }

  @Test func whatStandsBetweenMembersIsTold() throws {
    let skipped = { (count: String) in "\(count) between or behind the parts of the gzip file: no gzip, skipped" }
    try check(Self.one + [0, 0, 0] + Self.two, records: 2, nil)
    try check(Self.one + [1, 2, 3] + Self.two, records: 2, skipped("3 bytes"))
    try check(Self.one + [0x1F] + Self.two + Array("tail".utf8), records: 2, skipped("5 bytes"))
    try check(Self.one + [0x1F, 0x8B], records: 1, skipped("2 bytes"))
    try check(Self.one + [0x1F, 0x1F, 0x8B, 0x1F, 0x8B, 7] + Self.two, records: 2, skipped("6 bytes"))
    try check(Self.one + [9] + [UInt8](repeating: 0, count: 2 << 20) + Self.two, records: 2, skipped("1 byte"))
  }

  /// A pipe may deliver one byte first, and the next ones later.
  @Test(arguments: [1, 2, 3, 11, 60]) func gzipIsKnownWhateverTheFirstReadBrings(_ first: Int) throws {
    try checkInPieces(Self.one + Self.two, first, records: 2)
  }

  @Test func aByteOfGzipAloneIsText() throws { try checkInPieces([0x1F] + Array("{}\n".utf8), 1, records: 0) }

  private func checkInPieces(_ bytes: [UInt8], _ first: Int, records: UInt64) throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    let writer = ends[1]
    try SystemThread.start {
      _ = bytes.withUnsafeBytes { write(writer, $0.baseAddress, first) }
      // Wait until the reader has read it.
      while FileDescriptors.unreadBytes(writer) ?? 0 > 0 { usleep(1_000) }
      _ = bytes.withUnsafeBytes { write(writer, $0.baseAddress! + first, bytes.count - first) }
      close(writer)
    }
    let report = try RecordFile.read("/dev/fd/\(ends[0])", maxLineBytes: RecordStream.defaultMaxLineBytes) { _, _ in }
    #expect(report.statistics.records == records && report.message == nil, "\(first) bytes first: \(report)")
  }

  @Test func oneFormatAlone() throws {
    let lines = Array("{\"log_type\":\"module\",\"message\":\"m\"}\n{\"scopeLogs\":[{\"logRecords\":[{}]}]}\n".utf8)
    try check(lines, records: 2, nil)
    try check(lines, format: "native", records: 1, nil)
    try check(lines, format: "otlp", records: 1, nil)
    try check(lines, format: "chrome", records: 0, nil)
  }

  @Test func aFileThatIsNotThere() {
    #expect(throws: RecordFile.Failure.self) {
      _ = try RecordFile.read("/no/such/file", maxLineBytes: 1_024) { _, _ in }
    }
  }
}

// How streams are checked: bytes and the positions of cuts go in; records as text, counters and problems come out.

import Foundation
import Testing

@testable import TraceRecords

/// The complete result of reading a source once.
struct StreamReading: Equatable {
  var records: [String] = []
  /// Records except the events of a one-line span: at most one per line.
  var lineRecords = 0
  var statistics = IngestStatistics()
  var problems: [IngestProblem] = []

  /// The counters that are not zero, as `name=value`.
  var counters: String { statistics.counters.filter { $0.value > 0 }.map { "\($0.name)=\($0.value)" }.joined(separator: " ") }
}

/// What the readers of pipes, files and documents have in common.
protocol ReadableSource {
  var statistics: IngestStatistics { get }
  var problems: [IngestProblem] { get }
  mutating func feed(_ chunk: UnsafeRawBufferPointer, sink: (RecordBatch, BatchTexts) -> Void)
  mutating func finish(sink: (RecordBatch, BatchTexts) -> Void)
}

extension RecordStream: ReadableSource {}

/// Files are read like pipes.
typealias FileStream = RecordStream

/// Reads a pipe whose chunks end at `cuts` (ascending).
func read(
  _ bytes: [UInt8], cuts: [Int] = [], maxLineBytes: Int = RecordStream.defaultMaxLineBytes, describing: Bool = true,
  decoder: (any RecordDecoder)? = nil
) -> StreamReading {
  read(bytes, cuts: cuts, as: RecordStream(decoder: decoder, maxLineBytes: maxLineBytes), describing: describing)
}

/// Reads any source with such chunks.
func read(_ bytes: [UInt8], cuts: [Int] = [], as source: some ReadableSource, describing: Bool = true) -> StreamReading {
  var stream = source
  var reading = StreamReading()
  func take(_ batch: RecordBatch, _ texts: BatchTexts) {
    if describing { reading.records += describe(batch, texts) }
    reading.lineRecords += batch.records.count { !($0.format == .nativeSpanLine && $0.kind == .log) }
  }
  bytes.withUnsafeBytes { all in
    var start = 0
    for end in cuts + [bytes.count] {
      stream.feed(UnsafeRawBufferPointer(rebasing: all[start..<end]), sink: take)
      start = end
    }
  }
  stream.finish(sink: take)
  reading.statistics = stream.statistics
  reading.problems = stream.problems
  return reading
}

func read(_ text: String, cuts: [Int] = [], maxLineBytes: Int = RecordStream.defaultMaxLineBytes) -> StreamReading {
  read(Array(text.utf8), cuts: cuts, maxLineBytes: maxLineBytes)
}

/// The bytes give the same result in one piece, cut in two at every offset, one by one, and in random chunks.
func checkEverySplit(_ bytes: [UInt8], maxLineBytes: Int = RecordStream.defaultMaxLineBytes, at location: SourceLocation = #_sourceLocation)
{
  checkEverySplit(bytes, as: RecordStream(maxLineBytes: maxLineBytes), at: location)
}

func checkEverySplit(_ bytes: [UInt8], as source: some ReadableSource, at location: SourceLocation = #_sourceLocation) {
  let whole = read(bytes, as: source)
  func compare(_ how: String, _ cuts: [Int]) -> Bool {
    let got = read(bytes, cuts: cuts, as: source)
    guard got != whole else { return true }
    Issue.record("\(how)\n  expected \(whole)\n  got      \(got)", sourceLocation: location)
    return false
  }
  for cut in 0...bytes.count where !compare("cut at byte \(cut)", [cut]) { return }
  _ = compare("byte by byte", Array(0..<bytes.count))
  for seed in 0..<100 as Range<UInt64> {
    var random = SplitMix64(seed: seed)
    var cuts: [Int] = []
    var at = 0
    while true {
      at += Int.random(in: 0...(bytes.count / 8 + 1), using: &random)
      guard at <= bytes.count else { break }
      cuts.append(at)
    }
    if !compare("random chunks, seed \(seed)", cuts) { return }
  }
}

/// A module log of a few bytes.
func module(_ message: String) -> String { #"{"log_type":"module","message":"\#(message)"}"# }

/// The same as a producer writes it, with an instant.
func timed(_ message: String) -> String { #"{"timestamp":"2026-01-01T00:00:00Z","log_type":"module","message":"\#(message)"}"# }

/// The bytes of a fixture file.
func fixture(_ name: String, _ suffix: String = "jsonl") throws -> [UInt8] {
  let url = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: suffix), "no fixture \(name)")
  return Array(try Data(contentsOf: url))
}

func lines(_ bytes: [UInt8]) -> [[UInt8]] { bytes.split(separator: 0x0A).map(Array.init) }

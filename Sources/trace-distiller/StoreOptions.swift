// The store's limits as options, the same for every command.

import ArgumentParser
import TraceDistiller
import TraceRecords

struct StoreOptions: ParsableArguments {
  @Option(help: "Completed traces that are kept; 0 keeps as many as memory allows.")
  var maxTraces = 0

  @Option(help: "Memory of the store: bytes, or with KiB, MiB, GiB.")
  var maxMemory: ByteCount = ByteCount(256 << 20)

  @Option(help: "Module logs that are kept, as a part of that memory and never more than a quarter of it.")
  var maxLogMemory: ByteCount = ByteCount(8 << 20)

  @Option(help: "Longer lines are skipped and counted.")
  var maxLine: ByteCount = ByteCount(RecordStream.defaultMaxLineBytes)

  @Option(help: "Milliseconds without a record after which a trace counts as complete.")
  var quietMs: Int = 500

  @Option(help: "Seconds without a record after which a trace that never ended is given up.")
  var maxLiveSeconds: Int = 300

  @Option(help: "Set the clocks of hosts right in answers, by so much at most: 500ms, 2s. 0 leaves them as they are.")
  var maxClockAdjust = DurationOption(nanos: 0)

  @Flag(help: "Keep passwords, tokens and card numbers that records hold, instead of [redacted:…].")
  var noRedaction = false

  func validate() throws {
    guard maxTraces >= 0 else { throw ValidationError("--max-traces must not be negative") }
    guard maxMemory.bytes >= 1 << 20 else { throw ValidationError("--max-memory must be at least 1MiB") }
    guard (1_024...(1 << 30)).contains(maxLine.bytes) else { throw ValidationError("--max-line must be from 1KiB to 1GiB") }
    guard (0...3_600_000).contains(quietMs) else { throw ValidationError("--quiet-ms must be from 0 to 3600000") }
    guard (1...86_400_000).contains(maxLiveSeconds) else { throw ValidationError("--max-live-seconds must be from 1 to 86400000") }
  }

  func limits() -> StoreLimits {
    var limits = StoreLimits()
    limits.maxTraces = maxTraces
    limits.maxBytes = maxMemory.bytes
    limits.maxLogBytes = maxLogMemory.bytes
    limits.quietNanos = Int64(quietMs) * 1_000_000
    limits.maxLiveNanos = Int64(maxLiveSeconds) * 1_000_000_000
    limits.redacts = !noRedaction
    limits.maxClockAdjustNanos = maxClockAdjust.nanos
    return limits
  }
}

/// `268435456`, `256MiB`, `1GiB`.
struct ByteCount: ExpressibleByArgument, Sendable, CustomStringConvertible {
  var bytes: Int

  init(_ bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let units: [(suffix: String, shift: Int)] = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("", 0)]
    for (suffix, shift) in units where argument.hasSuffix(suffix) {
      guard let number = Int(argument.dropLast(suffix.count)), number >= 0 else { return nil }
      let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
      guard !overflow else { return nil }
      self.bytes = bytes
      return
    }
    return nil
  }

  var description: String { bytes % (1 << 20) == 0 ? "\(bytes >> 20)MiB" : "\(bytes)" }
  var defaultValueDescription: String { description }
}

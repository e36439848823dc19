// The options of whoever reads pipes: one process for itself, or the hub for all.

import ArgumentParser
import OTLPReceiver
import Platform
import TraceDistiller
import TraceRecords

struct ServerOptions: ParsableArguments {
  @Option(help: "A pipe to read; may be given several times. 'trace-distiller paths' prints the default.")
  var pipe: [String] = []

  @Option(help: "A group (name or number) that may write to the pipes too: programs of other users, in containers.")
  var pipeGroup: String?

  @OptionGroup var receiver: ReceiverOptions

  @OptionGroup var store: StoreOptions

  var paths: [PipePath] { PipePath.resolve(options: pipe, environment: PipePath.environment()) }

  /// What is not as by default, as options of the command line: for the hub that is started with them, and to compare with its own.
  var asked: [String] {
    var words: [String] = []
    if let pipeGroup { words.append("--pipe-group=\(pipeGroup)") }
    if let otlp = receiver.otlp { words.append("--otlp=\(otlp.argument)") }
    if receiver.otlpAnyUser { words.append("--otlp-any-user") }
    return words + store.asked
  }
}

extension ListenerPlace {
  var argument: String {
    switch self {
    case .automatic: "auto"
    case .free: "0"
    case .given(let host?, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .given(nil, let port): "\(port)"
    }
  }
}

extension StoreOptions {
  var asked: [String] {
    let usual = StoreOptions.usual
    var words: [String] = []
    func add(_ name: String, _ value: some Equatable, _ usual: some Equatable) {
      if "\(value)" != "\(usual)" { words.append("--\(name)=\(value)") }
    }
    add("max-traces", maxTraces, usual.maxTraces)
    add("max-memory", maxMemory.bytes, usual.maxBytes)
    add("max-log-memory", maxLogMemory.bytes, usual.maxLogBytes)
    add("max-line", maxLine.bytes, RecordStream.defaultMaxLineBytes)
    add("quiet-ms", Int64(quietMs), usual.quietNanos / 1_000_000)
    add("max-live-seconds", Int64(maxLiveSeconds), usual.maxLiveNanos / 1_000_000_000)
    if maxClockAdjust.nanos != 0 { words.append("--max-clock-adjust=\(maxClockAdjust.nanos)ns") }
    if noRedaction { words.append("--no-redaction") }
    return words
  }

  /// The values of these options where none is given.
  private static var usual: StoreLimits {
    var limits = StoreLimits()
    (limits.maxTraces, limits.maxBytes, limits.maxLogBytes) = (0, 256 << 20, 8 << 20)
    (limits.quietNanos, limits.maxLiveNanos) = (500_000_000, 300_000_000_000)
    return limits
  }
}

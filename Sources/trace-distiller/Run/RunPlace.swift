// What a program that `run` starts sends to: a pipe and a receiver of OTLP of their own, in a private directory that goes with the run.

import OTLPReceiver
import Platform
import TraceContextServer
import TraceDistiller
import TraceRecords

final class RunPlace: Sendable {
  /// The store's numbers of what comes by OTLP, and out of the program's own output.
  static let receiverSource = SourceID(1)
  static let outputSource = SourceID(2)

  /// Why there is no place.
  struct Failure: Error, CustomStringConvertible, Sendable {
    var description: String
  }

  let pipe: PipePath
  let listener: OTLPListener
  private let directory: String
  private let reader: PipeReader

  init(store: SharedTraceStore, options: StoreOptions, anyUser: Bool) throws {
    let above = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    var template = Array("\(above)/trace-distiller-run-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(description: "\(above): no directory can be made there: \(errorText(errno))") }
    let directory = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    self.directory = directory
    pipe = PipePath.resolve(option: directory + "/records.pipe", environment: [:])
    do {
      reader = try PipeReader(
        paths: [pipe], store: store, maxLineBytes: options.maxLine.bytes, clock: { MonotonicClock.nanos }, onEvent: { tell($0) })
      listener = try OTLPListener(
        .free, anyUser: anyUser, limits: ListenerLimits(maxMemory: options.maxMemory.bytes), store: store, source: Self.receiverSource,
        clock: { MonotonicClock.nanos }, tell: { tell($0) })
      try reader.start()
    } catch {
      Self.remove(directory)
      throw error
    }
  }

  var sources: [SourceReport] { reader.status + [listener.report] }

  /// Waits until what the program said last is in the store, for children that it left behind too, as far as they end in time.
  func settle(childrenWithin nanos: Int64, output: OutputRecords?) {
    let end = MonotonicClock.nanos + nanos
    while ChildProcess.hasAny, MonotonicClock.nanos < end { usleep(2_000) }
    // What is on its way: requests that have begun, lines in the pipe.
    let last = max(end, MonotonicClock.nanos + 1_000_000_000)
    while listener.openRequests > 0, MonotonicClock.nanos < last { usleep(1_000) }
    // Connections of who is gone end at once; of who lives on not at all.
    let moment = MonotonicClock.nanos + 200_000_000
    while listener.openConnections > 0, MonotonicClock.nanos < moment { usleep(1_000) }
    while listener.openRequests > 0, MonotonicClock.nanos < last { usleep(1_000) }
    output?.finish(by: last)
    if !reader.settle(within: 2_000_000_000) {
      tell("children of the program go on writing; what they say from now on is not in the answer")
    }
    listener.stop()
  }

  func remove() { Self.remove(directory) }

  private static func remove(_ directory: String) {
    for name in DirectoryEntries.names(in: directory) {
      let path = directory + "/" + name
      guard unlink(path) != 0 else { continue }
      for inner in DirectoryEntries.names(in: path) { unlink(path + "/" + inner) }
      rmdir(path)
    }
    rmdir(directory)
  }
}

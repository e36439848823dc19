// What reads, keeps and computes: the same for a process with one client and for the hub of many.

import ArgumentParser
import JSONRPC
import OTLPReceiver
import Platform
import Synchronization
import TraceContextServer
import TraceDistiller
import TraceRecords

final class ServerHost: Sendable {
  /// Why there is none, and the exit code for that.
  struct Failure: Error, Sendable {
    var message: String
    var code: ExitCode
  }

  let store: SharedTraceStore
  let analyses: AnalysisCache
  let workers: Workers
  private let firstOfDoors: Int
  private let doorsSources = Atomic(0)
  private let reader: PipeReader
  private let listener: OTLPListener?
  private let address: ReceiverAddress?

  /// - Parameters:
  ///   - numbers: where handles begin.
  ///   - say: takes lines for people.
  init(
    _ options: ServerOptions, paths: [PipePath], numbers: SerialNumbers = SerialNumbers(), say: @escaping @Sendable (String) -> Void
  ) throws(Failure) {
    let (limits, note) = Self.boundedLimits(options.store)
    let store = SharedTraceStore(limits: limits, numbers: numbers)
    self.store = store
    analyses = AnalysisCache(store)
    let group = options.pipeGroup.flatMap { PipeGroup(named: $0) }
    if let pipeGroup = options.pipeGroup, group == nil { throw Failure(message: "there is no group \(pipeGroup)", code: ExitStatus.usage) }
    let reader: PipeReader
    do throws(PipeError) {
      reader = try PipeReader(
        paths: paths, group: group, store: store, maxLineBytes: options.store.maxLine.bytes, clock: { MonotonicClock.nanos }, onEvent: say)
    } catch {
      throw Failure(message: error.description, code: error.isSystemsRefusal ? ExitStatus.system : ExitStatus.usage)
    }
    self.reader = reader
    let listener = try options.receiver.listen(store, source: SourceID(paths.count), maxMemory: limits.maxBytes, say: say)
    self.listener = listener
    firstOfDoors = paths.count + 1
    do throws(SystemThread.Refused) {
      // Start all threads at once: without them the server would look alive and answer nothing.
      workers = try Workers()
      try reader.start()
    } catch {
      throw Failure(message: "\(error)", code: ExitStatus.system)
    }
    if let note { say(note) }
    address = listener.map { [timer = workers.timer] listener in
      ReceiverAddress(listener.endpoints, beside: paths[0], timers: timer) { reader.status.first?.state == "reading" }
    }
  }

  /// The source of what one door brings itself, as `run` does: ids that programs give again are of different traces there.
  func nextDoorsSource() -> SourceID { SourceID(firstOfDoors + doorsSources.wrappingAdd(1, ordering: .relaxed).oldValue) }

  var report: ServerReport {
    ServerReport(
      pid: Int(getpid()), sources: reader.status + (listener.map { [$0.report] } ?? []), residentBytes: ProcessMemory.residentBytes())
  }

  /// Takes back what others find of this process.
  func end() {
    address?.remove()
    reader.end()
  }

  /// Half of what the system gives is for the store at most: the rest is for what is read, asked and answered.
  private static func boundedLimits(_ store: StoreOptions) -> (StoreLimits, note: String?) {
    var limits = store.limits()
    guard let room = ProcessMemory.roomBytes(), limits.maxBytes > room / 2 else { return (limits, nil) }
    limits.maxBytes = max(1 << 20, room / 2)
    return (
      limits, "the system gives this process \(room >> 20) MiB: --max-memory is \(limits.maxBytes >> 20) MiB instead of \(store.maxMemory)"
    )
  }
}

// Hands the traces of a run to the hub of the pipe, where one is there: an editor and an agent see what a program did that somebody started
// with `run`. Starts none, delays the program by nothing, and never decides how the run ends.

import JSON
import JSONRPC
import Platform
import Synchronization
import TraceContextServer
import TraceDistiller
import TraceHub

final class RunForwarding: Sendable {
  private struct State: Sendable {
    /// The numbers of traces that completed and were not handed over yet.
    var waiting: [Int] = []
    var isIncomplete = false
    var isEnding = false
    var logs: [[UInt8]] = []
    /// The thread is done, and what it had to say.
    var isDone = false
    var message: String?
    var handed = 0
    var failed = 0
  }

  private let store: SharedTraceStore
  private let place: HubPlace
  private let state = Mutex(State())
  private let observation = Mutex<TraceObservation?>(nil)
  private let wakeup = WakeupPipe()
  /// Of a trace that is larger than one message, so much is handed over at a time.
  private static let chars = 1 << 20
  /// Of more traces that wait, the further ones are counted.
  private static let mostWaiting = 100_000
  private static let lookNanos: Int64 = 250_000_000

  init(_ store: SharedTraceStore, place: HubPlace) {
    (self.store, self.place) = (store, place)
    // Nobody waits for a hub that is not there.
    guard place.problem == nil, access(place.socketPath, F_OK) == 0 else {
      state.withLock { $0.isDone = true }
      return
    }
    let observed = store.observe([.completed, .abandoned]) { [weak self] in self?.note($0) }
    observation.withLock { $0 = observed }
    do { try SystemThread.start(signals: .blocked) { self.run() } } catch { state.withLock { $0.isDone = true } }
  }

  private func note(_ changes: TraceChanges) {
    state.withLock { state in
      if changes.isIncomplete { state.isIncomplete = true }
      for change in changes.changes {
        if state.waiting.count < Self.mostWaiting { state.waiting.append(change.serial) } else { state.failed += 1 }
      }
    }
    wakeup.signal()
  }

  /// The store's input has ended: what it says last is handed over too. Returns what a person has to know.
  func finish(within nanos: Int64) -> String? {
    var logs: [[UInt8]] = []
    ModuleLogExport.write(store.withLock { $0.logs }) { logs.append($0) }
    state.withLock { [logs] in ($0.isEnding, $0.logs) = (true, logs) }
    wakeup.signal()
    let end = MonotonicClock.nanos + nanos
    while !state.withLock({ $0.isDone }), MonotonicClock.nanos < end { usleep(500) }
    observation.withLock { $0 }?.cancel()
    return state.withLock { state in
      if let message = state.message { return message }
      let left = state.failed + state.waiting.count
      if !state.isDone { return "the hub of \(place.pipe) is slow: its clients may lack \(left + 1) or more traces of this run" }
      guard left > 0 || state.isIncomplete else { return nil }
      return "the hub of \(place.pipe) did not take \(left == 1 ? "a trace" : "\(left) traces") of this run: its clients lack them"
    }
  }

  // MARK: The thread

  private func run() {
    var hello = HubHello(binary: ServerVersion.text, pid: getpid())
    hello.workingDirectory = WorkingDirectory.path
    hello.project = ClientProject.directory(of: hello.workingDirectory)
    do throws(HubClient.Unavailable) {
      let client = try HubClient(place, hello: hello)
      while try turn(client) {}
    } catch {
      // A socket that a hub left behind is no news.
      if !error.isAbsent { state.withLock { $0.message = "\(error.description): its clients do not see all of this run" } }
    }
    state.withLock { $0.isDone = true }
  }

  /// Hands over what waits. Returns false when the run has ended and nothing waits.
  private func turn(_ client: HubClient) throws(HubClient.Unavailable) -> Bool {
    // Traces complete by time, and nobody asks this store for anything meanwhile.
    store.withLock { $0.advance(to: MonotonicClock.nanos) }
    let (waiting, isEnding) = state.withLock { state -> ([Int], Bool) in
      defer { state.waiting = [] }
      return (state.waiting, state.isEnding)
    }
    for (place, serial) in waiting.enumerated() {
      do throws(HubClient.Unavailable) {
        let isTaken = try hand(over: serial, to: client)
        state.withLock { if isTaken { $0.handed += 1 } else { $0.failed += 1 } }
      } catch {
        state.withLock { $0.failed += waiting.count - place }
        throw error
      }
    }
    guard waiting.isEmpty else { return true }
    if isEnding {
      for lines in state.withLock({ $0.logs }) { _ = try send(String(decoding: lines, as: UTF8.self), to: client) }
      return false
    }
    withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 1) { entries in
      entries[0] = pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0)
      FileDescriptors.poll(entries, until: MonotonicClock.nanos + Self.lookNanos)
    }
    wakeup.clear()
    return true
  }

  /// Whether the hub took all of it. A trace that is gone already is not handed over.
  private func hand(over serial: Int, to client: HubClient) throws(HubClient.Unavailable) -> Bool {
    guard case .success(var snapshot) = store.snapshot("t\(serial)", now: MonotonicClock.nanos) else { return false }
    // The times of the records: the hub corrects clocks itself.
    snapshot.maxClockAdjustNanos = 0
    let export = TraceExport(DistilledTrace(snapshot), format: .otlp)
    var start = 0
    while true {
      let page = export.page(from: start, maxChars: Self.chars, isForced: true)
      guard try send(page.text, to: client) else { return false }
      guard page.isCut, page.end > start else { return true }
      start = page.end
    }
  }

  private func send(_ lines: String, to client: HubClient) throws(HubClient.Unavailable) -> Bool {
    guard !lines.isEmpty else { return true }
    switch try client.ask(HubWire.Method.records, ["lines": .string(lines)], within: 10_000_000_000) {
    case .success(let answer): return answer["lost"]?.integer == 0
    case .failure(let error):
      guard error.code == ResponseError.Code.methodNotFound else { return false }
      throw HubClient.Unavailable(description: "the hub of \(place.pipe) is an older one, which takes no records from 'run'")
    }
  }
}

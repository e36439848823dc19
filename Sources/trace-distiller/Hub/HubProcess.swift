// The hub: takes doors in, gives each a session, notes what the next hub has to know, and ends when nobody needs it.

import ArgumentParser
import JSON
import JSONRPC
import Platform
import Synchronization
import TraceContextServer
import TraceDistiller
import TraceHub
import TraceRecords

final class HubProcess: Sendable {
  let host: ServerHost
  private let place: HubPlace
  private let lock: HubLock
  private let listener: Int32
  private let idleNanos: Int64?
  private let asked: [String]
  private let begunUnixNano = WallClock.nanos
  /// What the hub before had in its memory.
  private let lost: HubRecord.Held?
  private let say: @Sendable (String) -> Void
  /// The socket is a supervisor's, which listens on when this hub is gone.
  private let isSocketPassed: Bool
  /// It lives in a client's process, and ends with that alone.
  let isGuest: Bool
  private let wakeup = WakeupPipe()
  private let state = Mutex(State())

  private struct State: Sendable {
    var sessions: [Int: HubSession] = [:]
    var next = 0
    var ending: String?
    /// When the last door left or the last record came.
    var lastUse = MonotonicClock.nanos
    var seenRevision = -1
    /// Whether what is held has changed since it was noted, and when it is noted again.
    var isNoteDue = false
    var nextNote: Int64 = 0
  }

  /// Doors at the same time; each has a thread here.
  static let maxDoors = 128
  private static let lookNanos: Int64 = 1_000_000_000
  /// To note what is held looks at every trace: it takes no more than one part in so many of the time.
  private static let restPerNote: Int64 = 200

  /// - Parameters:
  ///   - lock: held.
  ///   - idleNanos: how long it lives without a door and without a record; nil for as long as its process.
  init(
    _ options: ServerOptions, place: HubPlace, lock: HubLock, listener: Int32, isSocketPassed: Bool = false, isGuest: Bool = false,
    idleNanos: Int64?,
    say: @escaping @Sendable (String) -> Void
  ) throws(ServerHost.Failure) {
    (self.place, self.lock, self.listener, self.idleNanos, self.say) = (place, lock, listener, idleNanos, say)
    (self.isSocketPassed, self.isGuest) = (isSocketPassed, isGuest)
    asked = options.asked + Self.further(options)
    let before = lock.record
    lost = before.held
    host = try ServerHost(
      options, paths: options.paths,
      numbers: SerialNumbers(first: before.numbers) { end in
        if !lock.change({ $0.numbers = end }) {
          say("\(lock.path) cannot be written: the next hub may give handles again that this one gave")
        }
      }, say: say)
    lock.change { record in
      (record.pid, record.binary, record.protocolVersion, record.held) = (getpid(), ServerVersion.text, HubWire.version, nil)
    }
    say("begins, for \(place.pipe)")
    if let lost { say(Self.describe(lost)) }
  }

  static func further(_ options: ServerOptions) -> [String] {
    options.paths.dropFirst().map { "--pipe=\(HubPlace(pipe: $0.path, workingDirectory: WorkingDirectory.path).pipe)" }
  }

  /// Takes doors in until the hub has to end. The process is to end then.
  func run() {
    var reason: String?
    while reason == nil {
      let isReady = withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 2) { entries in
        entries[0] = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        entries[1] = pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0)
        FileDescriptors.poll(entries, until: MonotonicClock.nanos + Self.lookNanos)
        if entries[1].revents != 0 { wakeup.clear() }
        return entries[0].revents != 0
      }
      var taken = 0
      while let socket = HubSocket.accept(listener) {
        take(socket)
        taken += 1
      }
      // Where the system gives no more descriptors, those who wait stay there, and poll would return at once.
      if isReady, taken == 0 { usleep(20_000) }
      reason = look()
    }
    end(reason ?? "")
  }

  private func take(_ socket: Int32) {
    let session = HubSession(self)
    let number = state.withLock { state -> Int? in
      // Some more than may be, so that those are told why.
      guard state.sessions.count < Self.maxDoors + 32, state.ending == nil else { return nil }
      state.next += 1
      state.sessions[state.next] = session
      return state.next
    }
    guard let number else {
      close(socket)
      return
    }
    do {
      try SystemThread.start { [self] in
        session.run(on: socket)
        state.withLock { state in
          state.sessions[number] = nil
          state.lastUse = MonotonicClock.nanos
        }
      }
    } catch {
      say("\(error)")
      state.withLock { $0.sessions[number] = nil }
      close(socket)
    }
  }

  /// Throws if there are as many doors as may be.
  func admit() throws(ResponseError) {
    let count = state.withLock { $0.sessions.count }
    guard count <= Self.maxDoors else {
      throw .hubRefuses("the hub (pid \(getpid())) has \(Self.maxDoors) clients, which is the limit: end one", exitCode: EX_UNAVAILABLE)
    }
  }

  /// Notes what is in memory, and finds out whether to end. Returns why.
  private func look() -> String? {
    let now = MonotonicClock.nanos
    let revision = host.store.withLock { $0.revision }
    let (isNews, isUnused, ending) = state.withLock { state in
      let isNews = state.seenRevision != revision
      if isNews || !state.sessions.isEmpty { state.lastUse = now }
      state.seenRevision = revision
      return (isNews, now - state.lastUse > idleNanos ?? .max, state.ending)
    }
    if isNews { state.withLock { $0.isNoteDue = true } }
    if state.withLock({ $0.isNoteDue && now >= $0.nextNote }) { noteHeld(now) }
    if let ending { return ending }
    if !lock.isInPlace { return "its files were removed" }
    return isUnused ? "nobody asked and no record came for \((idleNanos ?? 0) / 1_000_000_000) s" : nil
  }

  private func noteHeld(_ now: Int64) {
    let begun = MonotonicClock.nanos
    let listing = host.store.kept(now: now)
    let done = MonotonicClock.nanos
    state.withLock { ($0.nextNote, $0.isNoteDue) = (done + (done - begun) * Self.restPerNote, false) }
    guard listing.kept > 0 else {
      lock.change { $0.held = nil }
      return
    }
    lock.change { $0.held = HubRecord.Held(traces: listing.kept, first: listing.firstStart, last: listing.lastStart) }
  }

  func stop(_ reason: String) {
    state.withLock { $0.ending = $0.ending ?? reason }
    wakeup.signal()
  }

  /// From here on nobody finds this hub; those who are there are told.
  private func end(_ reason: String) {
    say("ends: \(reason)")
    noteHeld(MonotonicClock.nanos)
    if lock.isInPlace, !isSocketPassed { unlink(place.socketPath) }
    close(listener)
    for session in state.withLock({ Array($0.sessions.values) }) { session.notify(HubWire.Method.ending, ["reason": .string(reason)]) }
    host.end()
  }

  // MARK: What is told

  var report: ServerReport {
    var report = host.report
    report.hub = HubReport(
      socket: place.socketPath, clients: state.withLock { $0.sessions.count { $0.value.hello != nil } }, beganUnixNano: begunUnixNano,
      options: asked, lost: lossSentence)
    return report
  }

  /// What the hub before took with it.
  var lossSentence: String? { lost.map { Self.describe($0) } }

  var statusJSON: JSONValue {
    let doors = state.withLock { $0.sessions.sorted { $0.key < $1.key }.compactMap(\.value.hello) }
    let kept = host.store.withLock { $0.liveCount }
    return [
      "pid": .integer(Int(getpid())), "version": .string(ServerVersion.text), "protocol": .integer(HubWire.version),
      "pipe": .string(place.pipe), "socket": .string(place.socketPath), "beganUnixNano": .string("\(begunUnixNano)"),
      "options": .array(asked.map { .string($0) }), "traces": .integer(kept),
      "residentBytes": ProcessMemory.residentBytes().map { .integer($0) } ?? .null,
      "lost": lossSentence.map { .string($0) } ?? .null,
      "clients": .array(
        doors.map { door in
          ["pid": .integer(Int(door.pid)), "version": .string(door.binary), "project": door.project.map { .string($0) } ?? .null]
        }),
    ]
  }

  /// Lines for a door's standard error.
  func notes(for hello: HubHello) -> [String] {
    let others = hello.options.filter { !asked.contains($0) }
    var notes: [String] = []
    if !others.isEmpty {
      notes.append(
        "the hub (pid \(getpid())) was started without \(others.joined(separator: " ")): its options hold for all its clients; "
          + "'trace-distiller hub stop' ends it")
    }
    if hello.binary != ServerVersion.text {
      notes.append("the hub (pid \(getpid())) is version \(ServerVersion.text), this is \(hello.binary)")
    }
    if let lossSentence { notes.append(lossSentence) }
    return notes
  }

  private static func describe(_ lost: HubRecord.Held) -> String {
    let traces = lost.traces == 1 ? "a trace" : "\(lost.traces) traces"
    let range = "\(Timestamp.format(lost.first)) to \(Timestamp.format(lost.last))"
    return "the hub before this one ended with \(traces) in its memory, begun \(range): those that no journal holds are gone"
  }
}

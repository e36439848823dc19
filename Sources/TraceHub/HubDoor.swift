// The door's loop: one poll(2) waits for the client, for the hub, and for time. It has no thread, no store and no reader of its own.

package import JSONRPC
import Platform

/// Carries messages between a client on two descriptors and the hub.
package final class HubDoor {
  /// What the process around the door does.
  package struct Surroundings {
    package var tell: (String) -> Void
    /// Called once, when the client has shown that it is no script.
    package var onClient: () -> Void
    package var onParent: (Int32) -> Void

    package init(tell: @escaping (String) -> Void, onClient: @escaping () -> Void, onParent: @escaping (Int32) -> Void) {
      (self.tell, self.onClient, self.onParent) = (tell, onClient, onParent)
    }
  }

  package enum End: Sendable, Equatable {
    case endOfInput
    case exit(Int32)
    case inputFailed(Int32)
    /// No hub takes this door, and no answer was given yet.
    case unavailable(String, exitCode: Int32?)
  }

  private let input: Int32
  private let search: HubSearch
  private let surroundings: Surroundings
  private var output: NonBlockingOutput
  private var state: DoorState
  private var framer: MessageFramer
  private var toClient = ByteQueue()
  private var isOutputGone = false

  private var socket: Int32 = -1
  private var socketOutput: NonBlockingOutput?
  private var fromHub: MessageFramer
  private var toHub = ByteQueue()
  /// Our side of the connection is closed: nothing more comes from the client.
  private var isHubToldOfEnd = false
  private var nextSearch: Int64 = 0
  private var searchedSince: Int64?
  private var lostInARow = 0
  private var isHubUnwanted = false
  private var wasAttached = false
  private let begun = MonotonicClock.nanos

  private var isInputEnded = false
  private var endBy: Int64?
  private var end: End?
  /// The session ended with this code; the hub closes when everything is answered.
  private var exitCode: Int32?
  private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
  private var wasClient = false
  /// Whether bytes of the client were read: another way of serving would miss them.
  package private(set) var hasRead = false

  private static let maxQueuedBytes = 1 << 20
  /// How long a hub may take to be there, where somebody else starts it.
  private static let searchNanos: Int64 = 10_000_000_000
  private static let retryNanos: Int64 = 2_000_000
  /// After the client's last byte.
  private static let drainNanos: Int64 = 950_000_000
  private static let maxLostInARow = 8
  private static let greetingNanos: Int64 = 1_000_000_000

  package init(
    input: Int32, output: Int32, search: HubSearch, hello: HubHello, limits: FramingLimits, surroundings: Surroundings
  ) {
    self.input = input
    self.output = NonBlockingOutput(descriptor: output)
    self.search = search
    self.surroundings = surroundings
    state = DoorState(hello: hello)
    framer = MessageFramer(limits: limits)
    // What the hub writes may be larger than what clients may: answers of 200,000 characters, exports.
    fromHub = MessageFramer(limits: FramingLimits(maxMessageBytes: 1 << 30))
  }

  deinit {
    piece.deallocate()
    if socket >= 0 { close(socket) }
  }

  /// Serves the client until it goes, or until no hub can be had.
  package func run() -> End {
    while true {
      look()
      if let end, toClient.isEmpty || isOutputGone { return end }
      if let end, let endBy, MonotonicClock.nanos >= endBy { return end }
      if isOutputGone { return .endOfInput }
      finishIfDone()
      if end == nil { wait() } else { flushRest() }
    }
  }

  // MARK: The hub

  /// Looks for a hub where there is none.
  private func look() {
    let now = MonotonicClock.nanos
    guard socket < 0, end == nil, now >= nextSearch, !isHubUnwanted || state.isAwaiting else { return }
    isHubUnwanted = false
    searchedSince = searchedSince ?? now
    switch search.step() {
    case .connected(let descriptor):
      socket = descriptor
      socketOutput = NonBlockingOutput(descriptor: descriptor)
      fromHub = MessageFramer(limits: FramingLimits(maxMessageBytes: 1 << 30))
      toHub = ByteQueue()
      isHubToldOfEnd = false
      carryOut(state.connected(now: now))
    case .later:
      nextSearch = now + Self.retryNanos
      if now - (searchedSince ?? now) > Self.searchNanos { giveUp("the hub is not to be reached: somebody holds \(search.place.lockPath)") }
    case .impossible(let reason): giveUp(reason)
    case .nobody: giveUp("no hub is there")
    }
  }

  private func giveUp(_ reason: String, exitCode: Int32? = nil) {
    drop()
    carryOut(state.giveUp(.hubRefuses(reason, exitCode: exitCode ?? EX_UNAVAILABLE)))
    finish(.unavailable(reason, exitCode: exitCode))
  }

  private func drop() {
    if socket >= 0 { close(socket) }
    socket = -1
    socketOutput = nil
  }

  private func hubLost() {
    let wasAttached = state.isAttached
    drop()
    carryOut(state.lost())
    guard end == nil else { return }
    searchedSince = nil
    // A hub that ends before it greets may do so again and again.
    lostInARow = wasAttached ? 0 : lostInARow + 1
    if lostInARow > Self.maxLostInARow { return giveUp("the hub ends before it answers; 'trace-distiller hub log' may say why") }
    nextSearch = lostInARow == 0 ? 0 : MonotonicClock.nanos + Self.retryNanos << Int64(lostInARow)
  }

  // MARK: Waiting

  private func wait() {
    var deadline = state.nextTick
    if socket < 0, !isHubUnwanted || state.isAwaiting { deadline = min(deadline ?? .max, nextSearch) }
    if let endBy { deadline = min(deadline ?? .max, endBy) }
    wasAttached = wasAttached || state.isAttached
    // Nothing is read before a hub took this door: else another way of serving could not begin with it.
    let isBegun = wasAttached || MonotonicClock.nanos - begun > Self.greetingNanos
    if !isBegun { deadline = min(deadline ?? .max, begun + Self.greetingNanos) }
    let readsClient = !isInputEnded && isBegun && state.hasRoom && toClient.count < Self.maxQueuedBytes && toHub.count < Self.maxQueuedBytes
    let readsHub = socket >= 0 && toClient.count < Self.maxQueuedBytes
    var (client, hub) = (Int16(0), Int16(0))
    withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 3) { entries in
      entries[0] = pollfd(fd: readsClient ? input : -1, events: Int16(POLLIN), revents: 0)
      entries[1] = pollfd(fd: output.descriptor, events: toClient.isEmpty ? 0 : Int16(POLLOUT), revents: 0)
      entries[2] = pollfd(fd: socket, events: (readsHub ? Int16(POLLIN) : 0) | (toHub.isEmpty ? 0 : Int16(POLLOUT)), revents: 0)
      FileDescriptors.poll(entries, until: deadline)
      (client, hub) = (entries[0].revents, entries[2].revents)
      let out = Int32(entries[1].revents)
      if out & (POLLERR | POLLHUP | POLLNVAL) != 0 { isOutputGone = true }
      if out & POLLOUT != 0 { flushToClient() }
    }
    if Int32(hub) & POLLOUT != 0 { flushToHub() }
    if hub & ~Int16(POLLOUT) != 0 { readHub() }
    if client != 0, readsClient { readClient() }
    if let due = state.nextTick, MonotonicClock.nanos >= due { carryOut(state.tick(now: MonotonicClock.nanos)) }
  }

  private func readClient() {
    hasRead = true
    switch FileDescriptors.read(input, into: piece) {
    case .bytes(let count): framer.append(bytes: UnsafeRawBufferPointer(rebasing: piece[..<count]))
    case .nothing: return
    case .failed(let code): return finish(.inputFailed(code))
    case .endOfInput:
      takeFramed()
      if let last = framer.finish() {
        if let framing = framer.framing { carryOut(state.use(framing)) }
        carryOut(state.client(last, now: MonotonicClock.nanos))
      }
      isInputEnded = true
      endBy = MonotonicClock.nanos + Self.drainNanos
      return
    }
    takeFramed()
  }

  private func takeFramed() {
    while end == nil, let framed = framer.next() {
      if let framing = framer.framing { carryOut(state.use(framing)) }
      carryOut(state.client(framed, now: MonotonicClock.nanos))
    }
    if let framing = framer.framing { carryOut(state.use(framing)) }
  }

  private func readHub() {
    switch FileDescriptors.read(socket, into: piece) {
    case .bytes(let count):
      fromHub.append(bytes: UnsafeRawBufferPointer(rebasing: piece[..<count]))
      // Answers still come: the hub itself ends this, soon after it knows that the client is gone.
      if let endBy { self.endBy = max(endBy, MonotonicClock.nanos + Self.drainNanos / 2) }
    case .nothing: return
    case .failed, .endOfInput:
      if let exitCode { return finish(.exit(exitCode)) }
      if isHubToldOfEnd, !state.isAwaiting { return finish(.endOfInput) }
      return hubLost()
    }
    while end == nil, let framed = fromHub.next() {
      guard case .message(let text) = framed else {
        return giveUp("what listens at \(search.place.socketPath) does not speak as a hub does")
      }
      let wasGreeted = state.isAttached
      carryOut(state.hub(text, now: MonotonicClock.nanos))
      if !wasGreeted, state.isAttached { search.onGreeted() }
    }
  }

  // MARK: The end

  private func finishIfDone() {
    guard end == nil else { return }
    if let exitCode, let endBy, MonotonicClock.nanos >= endBy { return finish(.exit(exitCode)) }
    guard isInputEnded else { return }
    if socket >= 0, state.isAttached, !state.hasUnsent, toHub.isEmpty, !isHubToldOfEnd {
      shutdown(socket, Int32(SHUT_WR))
      isHubToldOfEnd = true
    }
    if let endBy, MonotonicClock.nanos >= endBy, state.isAwaiting || !isHubToldOfEnd {
      carryOut(state.giveUp(.requestCancelled("the client closed its input")))
      finish(.endOfInput)
    } else if let endBy, MonotonicClock.nanos >= endBy {
      finish(.endOfInput)
    }
  }

  private func finish(_ end: End) {
    guard self.end == nil else { return }
    self.end = end
    endBy = MonotonicClock.nanos + Self.drainNanos
  }

  /// The rest of the answers, while the client takes them.
  private func flushRest() {
    let before = toClient.count
    withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 1) { entries in
      entries[0] = pollfd(fd: output.descriptor, events: Int16(POLLOUT), revents: 0)
      FileDescriptors.poll(entries, until: endBy)
      if Int32(entries[0].revents) & (POLLERR | POLLHUP | POLLNVAL) != 0 { isOutputGone = true }
    }
    flushToClient()
    if toClient.count < before { endBy = MonotonicClock.nanos + Self.drainNanos }
  }

  // MARK: Doing

  private func carryOut(_ actions: [DoorState.Action]) {
    for action in actions {
      switch action {
      case .toHub(let message):
        message.withUnsafeBytes { toHub.append($0) }
        flushToHub()
      case .toClient(let body):
        let message = OutgoingMessage.framed(body, framer.framing ?? .line)
        message.withUnsafeBytes { toClient.append($0) }
        flushToClient()
      case .tell(let line): surroundings.tell(line)
      case .clientIsKnown:
        if !wasClient { surroundings.onClient() }
        wasClient = true
      case .parent(let process): surroundings.onParent(process)
      case .hubEnds: isHubUnwanted = true
      case .exit(let code):
        // The answers of what still ran come before the hub closes.
        exitCode = code
        endBy = MonotonicClock.nanos + Self.drainNanos
        if socket < 0 { finish(.exit(code)) }
      case .refused(let reason, let exitCode): giveUp(reason, exitCode: exitCode)
      }
    }
  }

  private func flushToHub() {
    guard socketOutput != nil, !toHub.isEmpty else { return }
    // An error shows at the next read too.
    if case .bytes(let count)? = toHub.withBytes({ socketOutput?.write($0) }) { toHub.drop(count) }
  }

  private func flushToClient() {
    guard !toClient.isEmpty, !isOutputGone else { return }
    switch toClient.withBytes({ output.write($0) }) {
    case .bytes(let count): toClient.drop(count)
    case .full: break
    case .closed: isOutputGone = true
    }
  }
}

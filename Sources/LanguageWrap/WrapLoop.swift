// The wrap's loop: one poll(2) for the client, the server and ours. It has no thread.

import JSONRPC
import Platform

/// Carries messages between a client on two descriptors, the server that it wanted, and ours.
package final class WrapLoop {
  /// One end: where its messages come from and go to.
  private struct Peer {
    var input: Int32
    var output: NonBlockingOutput
    var framer: MessageFramer
    var queue = ByteQueue()
    var isInputOver = false
    var isOutputOver = false

    init(input: Int32, output: Int32) {
      self.input = input
      self.output = NonBlockingOutput(descriptor: output)
      framer = MessageFramer(limits: FramingLimits(maxMessageBytes: 1 << 30))
    }

    /// The end of what goes there. The descriptor was opened a second time, where that is possible.
    mutating func closeOutput() {
      isOutputOver = true
      output.end()
      close(output.descriptor)
    }

    mutating func flush() {
      guard !queue.isEmpty, !isOutputOver else { return }
      switch queue.withBytes({ output.write($0) }) {
      case .bytes(let count): queue.drop(count)
      case .full: break
      case .closed: isOutputOver = true
      }
    }
  }

  private var client: Peer
  private var server: Peer
  private var ours: Peer?
  private var state = WrapState()
  private let tell: (String) -> Void
  private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
  /// Above it the other side is not read: a client that does not read holds its server up, as it would without us.
  private static let mostQueued = 8 << 20
  /// How long a server may go on when its client is gone and it was told so.
  private static let goneNanos: Int64 = 2_000_000_000
  private var goneBy: Int64?
  /// What waits for ours: above it ours does not keep up, and is left behind.
  private static let mostQueuedForOurs = 32 << 20

  /// Descriptors: from and to the client, the server and ours; nil where ours could not be started.
  package init(
    client: (input: Int32, output: Int32), server: (input: Int32, output: Int32), ours: (input: Int32, output: Int32)?,
    tell: @escaping (String) -> Void
  ) {
    self.client = Peer(input: client.input, output: client.output)
    self.server = Peer(input: server.input, output: server.output)
    self.ours = ours.map { Peer(input: $0.input, output: $0.output) }
    self.tell = tell
  }

  deinit { piece.deallocate() }

  /// Serves until the server's output ends, and all of it is the client's; of a client that is gone two seconds at most.
  package func run() {
    if ours == nil { carryOut(state.oursLost("it could not be started", now: MonotonicClock.nanos)) }
    defer { dropOurs() }
    while !(server.isInputOver && (client.queue.isEmpty || client.isOutputOver)) {
      if client.isOutputOver { closeServer() }
      if client.isInputOver, server.queue.isEmpty { closeServer() }
      if server.isOutputOver, client.isInputOver || client.isOutputOver {
        goneBy = goneBy ?? MonotonicClock.nanos + Self.goneNanos
        if let goneBy, MonotonicClock.nanos >= goneBy { return }
      }
      wait()
      carryOut(state.tick(now: MonotonicClock.nanos))
    }
  }

  /// The server sees the end of its input, and ends.
  private func closeServer() {
    guard !server.isOutputOver else { return }
    server.closeOutput()
  }

  private func wait() {
    withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 6) { entries in
      func entry(_ descriptor: Int32, _ events: Int32, _ isWanted: Bool) -> pollfd {
        pollfd(fd: isWanted ? descriptor : -1, events: Int16(events), revents: 0)
      }
      entries[0] = entry(client.input, POLLIN, !client.isInputOver && server.queue.count < Self.mostQueued)
      entries[1] = entry(server.input, POLLIN, !server.isInputOver && client.queue.count < Self.mostQueued)
      entries[2] = entry(ours?.input ?? -1, POLLIN, ours.map { !$0.isInputOver } ?? false && client.queue.count < Self.mostQueued)
      entries[3] = entry(client.output.descriptor, POLLOUT, !client.queue.isEmpty && !client.isOutputOver)
      entries[4] = entry(server.output.descriptor, POLLOUT, !server.queue.isEmpty && !server.isOutputOver)
      entries[5] = entry(ours?.output.descriptor ?? -1, POLLOUT, ours.map { !$0.queue.isEmpty && !$0.isOutputOver } ?? false)
      FileDescriptors.poll(entries, until: [state.nextDeadline, goneBy].compactMap { $0 }.min())
      if entries[3].revents != 0 { client.flush() }
      if entries[4].revents != 0 { server.flush() }
      if entries[5].revents != 0 { ours?.flush() }
      // The server first: what it says is never behind ours.
      if entries[1].revents != 0 { carryOut(readServer()) }
      if entries[0].revents != 0 { carryOut(readClient()) }
      if entries[2].revents != 0 { readOurs() }
    }
  }

  private func read(_ peer: inout Peer, _ name: String, _ take: ([UInt8], Int64) -> [WrapState.Action]) -> [WrapState.Action] {
    switch FileDescriptors.read(peer.input, into: piece) {
    case .bytes(let count): peer.framer.append(bytes: UnsafeRawBufferPointer(rebasing: piece[..<count]))
    case .nothing: return []
    case .failed, .endOfInput: peer.isInputOver = true
    }
    var actions: [WrapState.Action] = []
    while let framed = peer.framer.next() {
      switch framed {
      case .message(let text): actions += take(text, MonotonicClock.nanos)
      case .failure(let failure): tell("\(name) sent bytes that are no message: \(failure)")
      }
    }
    return actions
  }

  // What is done with a message may write to the peer that it came from, so the peer is not borrowed meanwhile.

  private func readServer() -> [WrapState.Action] {
    var peer = server
    // Held once only: a copy of a long message would be made at every piece of it.
    server.framer = MessageFramer()
    defer { (server.framer, server.isInputOver) = (peer.framer, peer.isInputOver) }
    return read(&peer, "the wrapped server") { state.server($0, now: $1) }
  }

  private func readClient() -> [WrapState.Action] {
    var peer = client
    // Held once only: a copy of a long message would be made at every piece of it.
    client.framer = MessageFramer()
    defer { (client.framer, client.isInputOver) = (peer.framer, peer.isInputOver) }
    return read(&peer, "the client") { state.client($0, now: $1) }
  }

  private func readOurs() {
    guard var peer = ours else { return }
    ours = nil
    let actions = read(&peer, "trace-distiller") { state.own($0, now: $1) }
    ours = peer
    carryOut(actions)
    if peer.isInputOver { loseOurs("it ended") }
  }

  private func dropOurs() {
    guard var peer = ours else { return }
    close(peer.input)
    peer.closeOutput()
    ours = nil
  }

  private func loseOurs(_ why: String) {
    guard ours != nil else { return }
    dropOurs()
    carryOut(state.oursLost(why, now: MonotonicClock.nanos))
  }

  private func carryOut(_ actions: [WrapState.Action]) {
    for action in actions {
      switch action {
      case .toClient(let body): send(body, &client)
      case .toServer(let body): send(body, &server)
      case .toOurs(let body):
        guard ours != nil else { continue }
        send(body, &ours!)
        if ours!.isOutputOver || ours!.queue.count > Self.mostQueuedForOurs {
          loseOurs(ours!.isOutputOver ? "it ended" : "it does not keep up")
        }
      }
    }
  }

  private func send(_ body: [UInt8], _ peer: inout Peer) {
    guard !peer.isOutputOver else { return }
    OutgoingMessage.framed(body, .contentLength).withUnsafeBytes { peer.queue.append($0) }
    peer.flush()
  }
}

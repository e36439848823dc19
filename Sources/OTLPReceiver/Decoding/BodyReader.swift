// From the bytes of a body to records in the store, on a thread that does nothing else: the thread of the connections never waits for it.

import NIOCore
import Platform
import Synchronization
import TraceDistiller
import TraceRecords

/// Reads bodies one after the other. A value of what was learnt of the lines of earlier ones stays with it.
final class BodyReader: Sendable {
  private struct State {
    var lines: RecordStream
    var messages = OTLPProtobuf()
    /// Of messages; the stream of lines counts its own.
    var statistics = IngestStatistics()
    var problems: [IngestProblem] = []
  }

  private struct Published {
    var statistics = IngestStatistics()
    var problems: [IngestProblem] = []
  }

  private let threads = WorkThreads(upTo: 1)
  /// Held while a body is read.
  private let state: Mutex<State>
  /// What came of the bodies so far, for others to look at meanwhile.
  private let published = Mutex(Published())
  private let store: SharedTraceStore
  private let source: SourceID
  private let clock: @Sendable () -> Int64
  private let maxUnpackedBytes: Int

  init(store: SharedTraceStore, source: SourceID, maxUnpackedBytes: Int, clock: @escaping @Sendable () -> Int64) {
    self.store = store
    self.source = source
    self.clock = clock
    self.maxUnpackedBytes = maxUnpackedBytes
    state = Mutex(State(lines: RecordStream(maxLineBytes: maxUnpackedBytes)))
  }

  var statistics: IngestStatistics { published.withLock { $0.statistics } }
  var problems: [IngestProblem] { published.withLock { $0.problems } }

  private func publish(_ state: borrowing State) {
    var statistics = state.statistics
    statistics.add(state.lines.statistics)
    let problems = Array((state.lines.problems + state.problems).suffix(RecordStream.maxProblems))
    published.withLock { $0 = Published(statistics: statistics, problems: problems) }
  }

  /// Reads a body in its turn. The answer comes on this reader's thread, once the records are in the store.
  func read(
    _ body: ByteBuffer, of request: OTLPRequest, from peer: (any BodySender)? = nil, then: @escaping @Sendable (OTLPAnswer) -> Void
  ) {
    threads.run { [self] in then(read(body, of: request, from: peer)) }
  }

  /// Records whose runs say nothing of their directory are of the sender's.
  private func apply(_ batch: RecordBatch, _ texts: BatchTexts, now: Int64, from peer: (any BodySender)?) {
    store.apply(batch, texts, source: source, now: now)
    guard let peer, !peer.isSought, let run = batch.records.first(where: { !$0.run.isEmpty })?.run else { return }
    let name = texts[run]
    // A sender that says where it works is not looked for.
    guard store.withLock({ $0.directory(ofRun: name) == nil }) else { return peer.giveUp() }
    guard let directory = peer.takeUsable() else { return }
    store.withLock { $0.note(directory: directory, ofRun: name) }
  }

  func read(_ body: ByteBuffer, of request: OTLPRequest, from peer: (any BodySender)? = nil) -> OTLPAnswer {
    body.withUnsafeReadableBytes { bytes in
      guard request.packing == .zlib else { return take(bytes, request, peer) }
      switch BodyUnpacking.unpack(bytes, upTo: maxUnpackedBytes) {
      case .unpacked(let unpacked): return account(unpacked.count) { unpacked.withUnsafeBytes { take($0, request, peer) } }
      case .tooLarge:
        return OTLPAnswer(
          .tooLarge, "the body is longer than \(maxUnpackedBytes) bytes when it is unpacked; send smaller batches", request.encoding)
      case .broken(let reason): return OTLPAnswer(.malformed, "the packed body cannot be read: \(reason)", request.encoding)
      case .noMemory: return OTLPAnswer(.busy, "there is no memory to unpack the body", request.encoding)
      }
    }
  }

  /// A large body takes memory as traces do.
  private func account<Result>(_ bytes: Int, _ body: () -> Result) -> Result {
    guard bytes >= 1 << 20 else { return body() }
    store.withLock { $0.account(intake: bytes) }
    defer { store.withLock { $0.account(intake: -bytes) } }
    return body()
  }

  private func take(_ bytes: UnsafeRawBufferPointer, _ request: OTLPRequest, _ peer: (any BodySender)?) -> OTLPAnswer {
    switch request.encoding {
    case .protobuf: takeMessage(bytes, request, peer)
    case .json: takeText(bytes, request, peer)
    }
  }

  private func takeMessage(_ bytes: UnsafeRawBufferPointer, _ request: OTLPRequest, _ peer: (any BodySender)?) -> OTLPAnswer {
    let now = clock()
    let outcome = state.withLock { state in
      let outcome = state.messages.decode(bytes, request.signal) { apply($0, $1, now: now, from: peer) }
      outcome.add(to: &state.statistics, bytes: bytes.count)
      if let reason = outcome.failure?.description ?? outcome.reason {
        if state.problems.count == RecordStream.maxProblems { state.problems.removeFirst() }
        state.problems.append(IngestProblem(line: state.statistics.lines, byteOffset: 0, reason: reason))
      }
      publish(state)
      return outcome
    }
    let lost = outcome.rejected + (outcome.failure == nil ? 0 : 1)
    if lost > 0 { store.withLock { $0.count(lostLines: lost) } }
    if let failure = outcome.failure {
      let taken = outcome.accepted > 0 ? "; the \(outcome.accepted) before it were taken" : ""
      return OTLPAnswer(.malformed, "the body is no message of OTLP: \(failure)\(taken)", request.encoding)
    }
    return OTLPAnswer(taken: request, rejected: outcome.rejected, reason: outcome.reason)
  }

  private func takeText(_ bytes: UnsafeRawBufferPointer, _ request: OTLPRequest, _ peer: (any BodySender)?) -> OTLPAnswer {
    guard !BodyReader.isEmptyObject(bytes) else { return OTLPAnswer(taken: request, rejected: 0, reason: nil) }
    let now = clock()
    let (before, after, problem) = state.withLock { state in
      let before = state.lines.statistics
      state.lines.feed(bytes) { apply($0, $1, now: now, from: peer) }
      state.lines.finish { apply($0, $1, now: now, from: peer) }
      publish(state)
      return (before, state.lines.statistics, state.lines.problems.last?.reason)
    }
    let lost = after.lost - before.lost
    if lost > 0 { store.withLock { $0.count(lostLines: lost) } }
    let broken = lost - (after.invalidRecords - before.invalidRecords)
    let foreign = after.unrecognisedLines - before.unrecognisedLines
    let other = after.otherLines - before.otherLines
    if after.records == before.records, broken + foreign + other > 0 {
      let reason = lost + foreign > 0 ? problem ?? "" : "it is no JSON"
      return OTLPAnswer(.malformed, "the body is no OTLP: \(reason)", request.encoding)
    }
    return OTLPAnswer(taken: request, rejected: lost, reason: lost > 0 ? problem : nil)
  }

  /// A request without a record may leave its list out.
  private static func isEmptyObject(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var brackets: [UInt8] = []
    for byte in bytes where ![0x20, 0x09, 0x0A, 0x0D].contains(byte) {
      guard brackets.count < 2, byte == (brackets.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: "}")) else { return false }
      brackets.append(byte)
    }
    return brackets.count == 2
  }
}

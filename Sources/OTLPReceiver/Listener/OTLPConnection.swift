// One connection of a sender: request after request, each refused by its head or read whole and answered once its records are in the store.

import NIOCore
import NIOHTTP1
import Platform
import Synchronization

extension PeerDirectory: BodySender {}

/// Lives on the thread of its connection.
final class OTLPConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private enum Stage {
    /// Between two requests.
    case idle
    /// A body comes.
    case body(OTLPRequest, ByteBuffer)
    /// The body of a refused request is read over, and is answered at its end where it was not.
    case over(read: Int, answer: OTLPAnswer?)
    /// The body is read into the store.
    case reading
    /// Nothing more is read.
    case closed
  }

  private let reception: Reception
  private var stage = Stage.idle
  private var keepsAlive = true
  /// Lent by the budget for the body at hand.
  private var lent = 0
  /// Why everything from here is refused.
  private var foreign: OTLPAnswer?
  /// Where the sender works, as far as that can be found.
  private var peer = PeerDirectory(nil)
  private var isCounted = false
  /// Counted as open until it is answered.
  private var isRequestOpen = false
  private var deadline: Int64 = 0
  private var bodyEnd: Int64 = 0
  /// Looks whether the deadline has come, at that time.
  private var timer: Scheduled<Void>?
  private var timerEnd: Int64 = 0

  init(_ reception: Reception) { self.reception = reception }

  static func configure(_ channel: any Channel, _ reception: Reception) throws {
    let pipeline = channel.pipeline.syncOperations
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = reception.limits.maxHeaderBytes
    limits.maxHeaderListSize = reception.limits.maxHeaderBytes
    try pipeline.addHandler(ForeignProtocolHandler(reception.status))
    try pipeline.addHandler(HTTPResponseEncoder())
    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)))
    try pipeline.addHandler(HTTPServerPipelineHandler())
    try pipeline.addHandler(OTLPConnection(reception))
  }

  func channelActive(context: ChannelHandlerContext) {
    isCounted = true
    reception.status.countConnection()
    let open = reception.connections.add(1, ordering: .acquiringAndReleasing).newValue
    // Those who are told that there are too many are a number too.
    guard open <= 2 * reception.limits.maxConnections else {
      reception.status.count(.tooManyConnections, "\(open) connections are open")
      return context.close(promise: nil)
    }
    if open > reception.limits.maxConnections {
      foreign = OTLPAnswer(
        .tooManyConnections, "\(reception.limits.maxConnections) connections are open, which is as many as are taken", closes: true)
    } else {
      foreign = refusalOfPeer(context.channel)
    }
    if let foreign { refused(foreign) }
    expect(within: foreign == nil ? reception.limits.headNanos : min(reception.limits.headNanos, 2_000_000_000), context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    if isCounted { reception.connections.subtract(1, ordering: .acquiringAndReleasing) }
    isCounted = false
    finishRequest()
    stage = .closed
    context.fireChannelInactive()
  }

  private func refusalOfPeer(_ channel: any Channel) -> OTLPAnswer? {
    guard let user = reception.user else { return nil }
    guard let local = channel.localAddress, let remote = channel.remoteAddress,
      let socket = PeerUser.socket(local: local, remote: remote)
    else {
      return OTLPAnswer(
        .foreignUser, "the user of the program that sent this is not to be found; --otlp-any-user of the receiver lets it in", closes: true)
    }
    peer = PeerDirectory(socket)
    guard socket.user != user else { return nil }
    return OTLPAnswer(
      .foreignUser, "programs of user \(socket.user) are refused by a receiver of user \(user); its option --otlp-any-user lets them in",
      closes: true)
  }

  // MARK: A request

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): begin(head, context)
    case .body(let piece): take(piece, context)
    case .end: end(context)
    }
  }

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    guard case .idle = stage else { return }
    reception.status.begin()
    isRequestOpen = true
    keepsAlive = head.isKeepAlive
    bodyEnd = MonotonicClock.nanos + reception.limits.bodyNanos
    do throws(OTLPAnswer) {
      if let foreign { throw foreign }
      if let refusal = reception.hosts.refusal(of: head) { throw refusal }
      let request = try OTLPRequest(head, maxBodyBytes: reception.limits.maxBodyBytes)
      stage = .body(request, ByteBuffer())
      expect(within: reception.limits.pieceNanos, context)
      if head.version == .http1_1, head.headers["Expect"].contains(where: { $0.lowercased() == "100-continue" }) {
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
      }
    } catch {
      if foreign == nil { refused(error) }
      // Who waits to be told to go on sends no body after a refusal, and a long one is not waited for.
      let length = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
      refuse(error, atOnce: head.headers.contains(name: "Expect") || length > reception.limits.maxReadOverBytes, context)
    }
  }

  private func take(_ piece: ByteBuffer, _ context: ChannelHandlerContext) {
    switch stage {
    case .body(let request, var body):
      // Taken out meanwhile: two owners would copy it.
      stage = .closed
      let count = piece.readableBytes
      guard body.readableBytes + count <= reception.limits.maxBodyBytes else {
        let answer = OTLPAnswer(
          .tooLarge, "the body is longer than \(reception.limits.maxBodyBytes) bytes; send smaller batches", request.encoding)
        refused(answer)
        return refuse(answer, context)
      }
      guard reception.budget.take(count) else {
        let answer = OTLPAnswer(
          .busy, "bodies that are being read take \(reception.limits.maxHeldBytes) bytes, which is all they may; send again",
          request.encoding)
        refused(answer)
        return refuse(answer, context)
      }
      lent += count
      if body.readableBytes == 0 { body = piece } else { body.writeImmutableBuffer(piece) }
      stage = .body(request, body)
      expect(within: reception.limits.pieceNanos, context)
    case .over(let read, let answer):
      stage = .over(read: read + piece.readableBytes, answer: answer)
      if read + piece.readableBytes > reception.limits.maxReadOverBytes { close(after: answer, context) }
    case .idle, .reading, .closed: break
    }
  }

  private func end(_ context: ChannelHandlerContext) {
    switch stage {
    case .body(let request, let body):
      stage = .reading
      timer?.cancel()
      timer = nil
      let (reception, loop, bytes) = (reception, context.eventLoop, lent)
      lent = 0
      reception.status.count(request.signal)
      // In use until it is read, whatever becomes of its connection.
      reception.status.begin()
      let bound = NIOLoopBound((self, context), eventLoop: loop)
      reception.reader(ofBytes: body.readableBytes).read(body, of: request, from: peer) { answer in
        reception.budget.giveBack(bytes)
        reception.status.end()
        loop.execute {
          let (connection, context) = bound.value
          connection.finish(answer, context)
        }
      }
    case .over(_, let answer):
      if let answer { send(answer, context) } else { next(context) }
    case .idle, .reading, .closed: break
    }
  }

  private func finish(_ answer: OTLPAnswer, _ context: ChannelHandlerContext) {
    guard case .reading = stage else { return }
    refused(answer)
    send(answer, context)
  }

  // MARK: Answers

  private func refused(_ answer: OTLPAnswer) {
    if let refusal = answer.refusal { reception.status.count(refusal, answer.reason) }
  }

  /// Answers behind the body, which is read over: a sender that is still writing reads no answer, and would see a broken connection.
  private func refuse(_ answer: OTLPAnswer, atOnce: Bool = false, _ context: ChannelHandlerContext) {
    giveBack()
    guard !atOnce else { return close(after: answer, context) }
    stage = .over(read: 0, answer: answer)
    expect(within: reception.limits.pieceNanos, context)
  }

  private func send(_ answer: OTLPAnswer, _ context: ChannelHandlerContext) {
    guard !answer.closes, keepsAlive else { return close(after: answer, context) }
    // First: a request that came together with this one begins within the write.
    next(context)
    write(answer, isLast: false, promise: nil, context)
  }

  private func next(_ context: ChannelHandlerContext) {
    finishRequest()
    stage = .idle
    expect(within: reception.limits.idleNanos, context)
  }

  /// Sends a last answer. Where the sender may still be writing, what it writes is read over for a moment: closed at once, the connection would break under
  /// it before it reads the answer.
  private func close(after answer: OTLPAnswer?, _ context: ChannelHandlerContext) {
    let isWhole = if case .reading = stage { true } else { false }
    stage = .closed
    guard let answer else { return context.close(promise: nil) }
    let promise = context.eventLoop.makePromise(of: Void.self)
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    promise.futureResult.whenComplete { _ in
      let (connection, context) = bound.value
      connection.finishRequest()
      if isWhole { context.close(promise: nil) } else { context.close(mode: .output, promise: nil) }
    }
    expect(within: OTLPConnection.lingerNanos, context)
    write(answer, isLast: true, promise: promise, context)
  }

  private static let lingerNanos: Int64 = 1_000_000_000

  private func write(_ answer: OTLPAnswer, isLast: Bool, promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
    var headers = HTTPHeaders(answer.headers)
    headers.add(name: "Content-Type", value: answer.contentType)
    headers.add(name: "Content-Length", value: "\(answer.body.count)")
    if isLast { headers.add(name: "Connection", value: "close") }
    context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers))), promise: nil)
    if !answer.body.isEmpty {
      context.write(wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: answer.body)))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
  }

  private func finishRequest() {
    giveBack()
    if isRequestOpen { reception.status.end() }
    isRequestOpen = false
  }

  private func giveBack() {
    if lent > 0 { reception.budget.giveBack(lent) }
    lent = 0
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
    // Answered already.
    if case .closed = stage { return context.close(promise: nil) }
    guard error != .invalidEOFState else {
      refused(OTLPAnswer(.malformed, "a connection ended within a request"))
      return context.close(promise: nil)
    }
    let isHeaders = error == .headerOverflow
    let answer = OTLPAnswer(
      isHeaders ? .headersTooLarge : .malformed,
      isHeaders ? "the head is longer than \(reception.limits.maxHeaderBytes) bytes" : "this is no request of HTTP/1.1", closes: true)
    refused(answer)
    switch stage {
    // The decoder closes the connection behind this call.
    case .idle, .body, .over: close(after: answer, context)
    case .reading, .closed: context.close(promise: nil)
    }
  }

  // MARK: Time

  private func expect(within nanos: Int64, _ context: ChannelHandlerContext) {
    let now = MonotonicClock.nanos
    deadline = now + nanos
    if case .body = stage { deadline = min(deadline, max(now, bodyEnd)) }
    if timer != nil, deadline >= timerEnd { return }
    timer?.cancel()
    schedule(deadline - now, context)
  }

  /// One timer for all waits of a connection: it looks whether the deadline has moved.
  private func schedule(_ nanos: Int64, _ context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    timerEnd = MonotonicClock.nanos + nanos
    timer = context.eventLoop.scheduleTask(in: .nanoseconds(max(1_000_000, nanos))) {
      let (connection, context) = bound.value
      connection.timer = nil
      connection.wake(context)
    }
  }

  private func wake(_ context: ChannelHandlerContext) {
    let left = deadline - MonotonicClock.nanos
    guard left <= 0 else { return schedule(left, context) }
    switch stage {
    case .idle:
      // Before the first request that is a connection which says nothing; between two it is none of anybody's faults.
      if !isRequestOpen, bodyEnd == 0, foreign == nil {
        reception.status.count(.tooSlow, "a connection sent no request")
      }
      context.close(promise: nil)
    case .body(let request, _):
      let answer = OTLPAnswer(.tooSlow, "the body did not come in time", request.encoding, closes: true)
      refused(answer)
      giveBack()
      close(after: answer, context)
    case .over(_, let answer): close(after: answer, context)
    case .reading: break
    case .closed: context.close(promise: nil)
    }
  }
}

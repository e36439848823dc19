// What begins a connection and is no HTTP/1.1: gRPC's HTTP/2, which is told what to use instead in a way that its clients show, and TLS.

import NIOCore

/// Looks at the first bytes of a connection, then hands everything on and is in nobody's way.
final class ForeignProtocolHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  static let advice =
    "this is OTLP over HTTP/1.1 and no gRPC: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf, or an exporter of OTLP over HTTP"

  private let status: ListenerStatus
  private var held = ByteBuffer()
  private var frames: HTTP2Refusal?
  private var isOver = false

  init(_ status: ListenerStatus) { self.status = status }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var piece = unwrapInboundIn(data)
    guard !isOver else { return }
    if frames != nil {
      answer(&piece, context)
      return
    }
    held.writeBuffer(&piece)
    let bytes = held.readableBytesView
    if bytes.starts(with: [0x16, 0x03]) {
      isOver = true
      status.count(.tls, "TLS was spoken to a receiver of plain HTTP: use http:// and no https://")
      // An alert, "protocol version", which clients of TLS understand.
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46])), promise: nil)
      context.close(promise: nil)
    } else if bytes.starts(with: Self.preface) {
      status.count(.http2, Self.advice)
      frames = HTTP2Refusal(advice: Self.advice)
      held.moveReaderIndex(forwardBy: Self.preface.count)
      var rest = held
      held = ByteBuffer()
      answer(&rest, context)
    } else if bytes.count < 2 || bytes.count < Self.preface.count && Self.preface.starts(with: bytes) {
      return
    } else {
      context.fireChannelRead(wrapInboundOut(held))
      context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
  }

  private func answer(_ piece: inout ByteBuffer, _ context: ChannelHandlerContext) {
    guard let answer = frames?.take(&piece) else { return }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer.bytes)), promise: nil)
    guard answer.isLast else { return }
    isOver = true
    // Closed once the client has read it, or after a moment: data that nobody reads would take the answer back.
    let channel = context.channel
    context.eventLoop.scheduleTask(in: .milliseconds(500)) { channel.close(promise: nil) }
  }
}

/// The least of HTTP/2 that a client of gRPC understands: settings, one answer to its first call (`UNIMPLEMENTED` with the advice), and good-bye.
struct HTTP2Refusal {
  private let advice: String
  private var isBegun = false
  private var held = ByteBuffer()

  init(advice: String) { self.advice = advice }

  /// Takes what the client sent behind its preface. Returns what it is to be sent, and whether that is the end; nil as long as there is nothing.
  mutating func take(_ piece: inout ByteBuffer) -> (bytes: [UInt8], isLast: Bool)? {
    held.writeBuffer(&piece)
    var answer: [UInt8] = []
    if !isBegun {
      isBegun = true
      answer = Self.frame(type: 4, flags: 0, stream: 0, [])
    }
    while let head = held.getBytes(at: held.readerIndex, length: 9) {
      let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
      let (type, flags) = (head[3], head[4])
      let stream = UInt32(head[5] & 0x7F) << 24 | UInt32(head[6]) << 16 | UInt32(head[7]) << 8 | UInt32(head[8])
      // The greatest frame that may come unless somebody allowed more.
      guard length <= 16_384 else { return (answer + goodBye(stream: 0), true) }
      if type == 1 { return (answer + refusal(stream: stream) + goodBye(stream: stream), true) }
      guard held.readableBytes >= 9 + length else { break }
      if type == 4, flags & 1 == 0 { answer += Self.frame(type: 4, flags: 1, stream: 0, []) }
      held.moveReaderIndex(forwardBy: 9 + length)
    }
    held.discardReadBytes()
    return answer.isEmpty ? nil : (answer, false)
  }

  /// The whole answer of a call in one frame: status 200, the code of gRPC, the advice.
  private func refusal(stream: UInt32) -> [UInt8] {
    let fields: [(String, String)] = [("content-type", "application/grpc"), ("grpc-status", "12"), ("grpc-message", advice)]
    var block: [UInt8] = [0x88]
    for (name, value) in fields { block += [0] + Self.text(name) + Self.text(value) }
    return Self.frame(type: 1, flags: 0x5, stream: stream, block)
  }

  /// GOAWAY without an error, with the advice as its text: clients of gRPC over its C core abort the program at the code HTTP_1_1_REQUIRED.
  private func goodBye(stream: UInt32) -> [UInt8] {
    Self.frame(type: 7, flags: 0, stream: 0, Self.word(stream) + Self.word(0) + Array(advice.utf8))
  }

  private static func frame(type: UInt8, flags: UInt8, stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
    Array(word(UInt32(payload.count)).dropFirst()) + [type, flags] + word(stream) + payload
  }

  private static func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) } }

  /// A text of less than 127 bytes, as HPACK has it, unpacked.
  private static func text(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    // A length of 127 and more goes on in a second byte.
    return (bytes.count < 127 ? [UInt8(bytes.count)] : [127] + [UInt8(bytes.count - 127)]) + bytes
  }
}

// The answers of OTLP over HTTP: Export…ServiceResponse with what was not taken, and google.rpc.Status with a reason, each in the encoding of its request.

import JSON
import NIOHTTP1
import TraceRecords

/// One answer, ready to be sent.
struct OTLPAnswer: Error, Sendable {
  var status: HTTPResponseStatus
  var contentType: String
  var body: [UInt8]
  /// Why it is none of what was asked for.
  var refusal: Refusal?
  var reason = ""
  /// Nothing more is read from this connection.
  var closes = false

  /// A refusal, told to whoever reads the body.
  init(_ refusal: Refusal, _ reason: String, _ encoding: OTLPEncoding = .json, closes: Bool = false) {
    status = refusal.status
    contentType = encoding.contentType
    self.refusal = refusal
    self.reason = reason
    self.closes = closes
    switch encoding {
    case .json:
      body = Array(JSONValue.object(["code": .integer(Int64(refusal.rpcCode)), "message": .string(reason)]).serializedString.utf8)
    case .protobuf: body = [0x08, refusal.rpcCode] + ProtobufField.text(2, reason)
    }
  }

  /// All was taken but so many records, or all of it: the records are in the store.
  init(taken request: OTLPRequest, rejected: UInt64, reason: String?) {
    status = .ok
    contentType = request.encoding.contentType
    let isPartial = rejected > 0 || reason != nil
    switch request.encoding {
    case .json where !isPartial: body = Array("{}".utf8)
    case .protobuf where !isPartial: body = []
    case .json:
      // 64 bits are texts in OTLP's JSON.
      let partial: JSONObject = [request.signal.rejectedName: .string("\(rejected)"), "errorMessage": .string(reason ?? "")]
      body = Array(JSONValue.object(["partialSuccess": .object(partial)]).serializedString.utf8)
    case .protobuf:
      body = ProtobufField.message(1, ProtobufField.number(1, rejected) + ProtobufField.text(2, reason ?? ""))
    }
  }

  /// What the head says besides the body's type and length.
  var headers: [(String, String)] {
    var headers: [(String, String)] = []
    switch refusal {
    case .busy, .tooManyConnections: headers.append(("Retry-After", "1"))
    case .wrongMethod: headers.append(("Allow", "POST"))
    case .wrongType: headers.append(("Accept-Encoding", "gzip, deflate, identity"))
    default: break
    }
    return headers
  }
}

extension OTLPSignal {
  fileprivate var rejectedName: String {
    switch self {
    case .traces: "rejectedSpans"
    case .logs: "rejectedLogRecords"
    case .metrics: "rejectedDataPoints"
    }
  }
}

/// The few fields that answers are made of.
private enum ProtobufField {
  static func number(_ field: UInt8, _ value: UInt64) -> [UInt8] { value == 0 ? [] : [field << 3] + varint(value) }
  static func text(_ field: UInt8, _ text: String) -> [UInt8] { message(field, Array(text.utf8)) }
  static func message(_ field: UInt8, _ bytes: [UInt8]) -> [UInt8] { [field << 3 | 2] + varint(UInt64(bytes.count)) + bytes }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var (bytes, rest): ([UInt8], UInt64) = ([], value)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}

// Why a request or a connection was not taken: one name for each reason, which counts it in `server/status`, with the status that it is answered with.

import NIOHTTP1

enum Refusal: String, CaseIterable, Sendable {
  /// It came out of a web page.
  case foreignOrigin
  /// It was sent to a name that is not this machine's.
  case foreignHost
  /// Another user of this machine, or one that cannot be found.
  case foreignUser
  case unknownPath
  case wrongMethod
  case wrongType
  /// No HTTP, or a body that is not what its type says.
  case malformed
  /// The body, packed or unpacked.
  case tooLarge
  case headersTooLarge
  /// Bodies that are being read take all the memory that they may.
  case busy
  case tooManyConnections
  /// The head or the body did not come in time.
  case tooSlow
  /// gRPC, which begins with HTTP/2.
  case http2
  case tls

  var status: HTTPResponseStatus {
    switch self {
    case .foreignOrigin, .foreignUser: .forbidden
    case .foreignHost: .misdirectedRequest
    case .unknownPath: .notFound
    case .wrongMethod: .methodNotAllowed
    case .wrongType: .unsupportedMediaType
    case .malformed, .http2, .tls: .badRequest
    case .tooLarge: .payloadTooLarge
    case .headersTooLarge: .requestHeaderFieldsTooLarge
    case .busy, .tooManyConnections: .serviceUnavailable
    case .tooSlow: .requestTimeout
    }
  }

  /// google.rpc.Code, which the body of a refusal carries.
  var rpcCode: UInt8 {
    switch self {
    case .foreignOrigin, .foreignHost, .foreignUser: 7
    case .unknownPath: 5
    case .wrongMethod, .http2, .tls: 12
    case .wrongType, .malformed: 3
    case .tooLarge, .headersTooLarge: 8
    case .busy, .tooManyConnections: 14
    case .tooSlow: 4
    }
  }
}

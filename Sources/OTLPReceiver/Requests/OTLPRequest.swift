// What a request to the receiver asks for, and how its bytes are to be read: told by its head alone, before a byte of the body is taken.

import NIOHTTP1
import TraceRecords

/// How a request and its answer are written.
enum OTLPEncoding: Sendable {
  case protobuf, json

  var contentType: String {
    switch self {
    case .protobuf: "application/x-protobuf"
    case .json: "application/json"
    }
  }

  /// The encoding that a Content-Type names, whatever parameters stand behind it.
  init?(contentType: String) {
    let name = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
    switch name {
    case "application/x-protobuf", "application/protobuf", "application/vnd.google.protobuf": self = .protobuf
    case "application/json": self = .json
    default: return nil
    }
  }
}

/// How the body is packed.
enum BodyPacking: Sendable {
  case none
  /// gzip or zlib: the library tells one from the other.
  case zlib
}

/// A request whose body is worth reading.
struct OTLPRequest: Sendable {
  var signal: OTLPSignal
  var encoding: OTLPEncoding
  var packing: BodyPacking

  static let paths: [(path: String, signal: OTLPSignal)] = [("/v1/traces", .traces), ("/v1/logs", .logs), ("/v1/metrics", .metrics)]

  /// Reads the head of a request; throws the answer to one that is not taken.
  /// - Parameter maxBodyBytes: of the body as it is sent.
  init(_ head: HTTPRequestHead, maxBodyBytes: Int) throws(OTLPAnswer) {
    let path = head.uri.prefix { $0 != "?" && $0 != "#" }
    // Known first, so that a refusal is written as its reader expects.
    let type = head.headers.first(name: "Content-Type") ?? ""
    let known = OTLPEncoding(contentType: type)
    func refuse(_ refusal: Refusal, _ reason: String) -> OTLPAnswer { OTLPAnswer(refusal, reason, known ?? .json) }
    guard let signal = OTLPRequest.paths.first(where: { $0.path == path })?.signal else {
      throw refuse(.unknownPath, "there is nothing at this path; OTLP over HTTP is taken at /v1/traces, /v1/logs and /v1/metrics")
    }
    guard head.method == .POST else { throw refuse(.wrongMethod, "only POST is understood here") }
    guard let encoding = known else {
      throw refuse(
        .wrongType, "the Content-Type \(type.isEmpty ? "is missing" : "is not read"); application/x-protobuf and application/json are")
    }
    switch (head.headers.first(name: "Content-Encoding") ?? "identity").lowercased() {
    case "identity", "": packing = .none
    case "gzip", "x-gzip", "deflate": packing = .zlib
    default: throw refuse(.wrongType, "the Content-Encoding is not read; gzip, deflate and identity are")
    }
    if let length = head.headers.first(name: "Content-Length").flatMap({ Int($0) }), length > maxBodyBytes {
      throw refuse(.tooLarge, "the body of \(length) bytes is longer than the \(maxBodyBytes) that are taken; send smaller batches")
    }
    self.signal = signal
    self.encoding = encoding
  }
}

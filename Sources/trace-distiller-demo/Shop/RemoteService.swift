// An HTTP client with a span around each call, with names and attributes as in OpenTelemetry's conventions for HTTP
// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/).

import Tracing

struct RemoteService: Sendable {
  let name: String
  let outside: Outside

  /// - Parameter template: The path with placeholders for its parameters: what calls of the same kind have in common.
  /// - Parameter attempt: Counted from 1.
  func call(
    _ method: String, _ template: String, order: Int, attempt: Int = 1, function: String = #function, file: String = #fileID,
    line: UInt = #line
  ) async throws {
    try await withSpan("\(method) \(template)", ofKind: .client, function: function, file: file, line: line) { span in
      span.attributes["http.request.method"] = method
      span.attributes["url.template"] = template
      span.attributes["server.address"] = "\(name).shop.internal"
      if attempt > 1 { span.attributes["http.request.resend_count"] = attempt - 1 }
      let (status, reason) = await outside.answer(call: template, order: order, attempt: attempt)
      span.attributes["http.response.status_code"] = status
      guard status >= 400 else { return }
      span.attributes["error.type"] = "\(status)"
      throw RemoteError(service: name, status: status, reason: reason)
    }
  }
}

/// Another service answered with an error. The description is the message shown in traces.
struct RemoteError: Error, CustomStringConvertible {
  var service: String
  var status: Int
  var reason: String

  /// Whether the same call may succeed later.
  var isTransient: Bool { status == 503 }

  var description: String { "\(service) answered \(status): \(reason)" }
}

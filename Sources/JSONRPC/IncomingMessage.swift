// Classifies a client's message. JSON-RPC 2.0 is read strictly, so that a client's mistake is reported where it is made.

package import JSON

/// A call that expects an answer.
package struct Request: Sendable, Equatable {
  package var id: RequestID
  package var method: String
  /// An array or an object; nil if it is left out or null.
  package var params: JSONValue?

  package init(id: RequestID, method: String, params: JSONValue? = nil) {
    self.id = id
    self.method = method
    self.params = params
  }
}

/// A call that expects no answer.
package struct Notification: Sendable, Equatable {
  package var method: String
  package var params: JSONValue?

  package init(method: String, params: JSONValue? = nil) {
    self.method = method
    self.params = params
  }
}

/// The client's response to a request of ours.
package struct Response: Sendable, Equatable {
  /// Nil if it cannot be read.
  package var id: RequestID?
  package var outcome: Result<JSONValue, ResponseError>

  package init(id: RequestID?, outcome: Result<JSONValue, ResponseError>) {
    self.id = id
    self.outcome = outcome
  }

  /// An error that is not a valid JSON-RPC error still counts as an error: the client did not do what it was asked.
  fileprivate init(_ message: JSONObject) {
    id = message["id"].flatMap { RequestID($0) }
    guard let error = message["error"], !error.isNull else {
      outcome = .success(message["result"] ?? .null)
      return
    }
    outcome = .failure(
      ResponseError(
        code: error["code"]?.integer.flatMap { Int(exactly: $0) } ?? ResponseError.Code.internalError,
        message: error["message"]?.string ?? "the client answered with an error that has no message", data: error["data"]))
  }
}

/// One message, classified.
package enum IncomingMessage: Sendable, Equatable {
  case request(Request)
  case notification(Notification)
  /// A response to a request of ours. It is never answered, whatever is wrong with it: two peers could exchange errors for ever.
  case response(Response)
  /// Messages that came as one array.
  case batch([IncomingMessage])
  /// Answered with the error. The id is nil (null in the answer) if it could not be read.
  case invalid(ResponseError, RequestID?)

  /// - Complexity: O(bytes).
  package init(parsing text: [UInt8], limits: JSONLimits = JSONLimits()) {
    do throws(JSONError) {
      let value = try JSONValue(parsing: text, limits: limits)
      guard case .array(let elements) = value, !elements.isEmpty else {
        self.init(value, text: text)
        return
      }
      // In a batch, an id is the text that JSON writes for its value: the original text of one element is not searched for.
      self = .batch(elements.map { IncomingMessage($0, text: nil) })
    } catch {
      self = .invalid(.parseError(error), nil)
    }
  }

  /// Whether the message must be answered.
  package var wantsAnswer: Bool {
    switch self {
    case .request, .invalid: true
    case .notification, .response, .batch: false
    }
  }

  private init(_ value: JSONValue, text: [UInt8]?) {
    guard case .object(let message) = value else {
      let found = value == [] ? "an empty array" : value.kindName
      self = .invalid(.invalidRequest("a message must be an object, not \(found)"), nil)
      return
    }
    let writtenID = message["id"]
    let method = message["method"]
    if method == nil, message["result"] != nil || message["error"] != nil {
      self = .response(Response(message))
      return
    }
    let id = writtenID.flatMap { RequestID($0, in: text) }
    if let writtenID, id == nil {
      self = .invalid(.invalidRequest("id must be a string or a number, not \(writtenID.kindName); leave it out for a notification"), nil)
      return
    }
    guard case .string("2.0") = message["jsonrpc"] else {
      self = .invalid(.invalidRequest("every message needs \"jsonrpc\": \"2.0\""), id)
      return
    }
    guard case .string(let name) = method else {
      let found = method.map { "is \($0.kindName)" } ?? "is missing"
      self = .invalid(.invalidRequest("method \(found); it must be a string"), id)
      return
    }
    let params: JSONValue?
    switch message["params"] {
    case nil, .null: params = nil
    case .array(let list): params = .array(list)
    case .object(let object): params = .object(object)
    case .some(let other):
      self = .invalid(.invalidRequest("params must be an object or an array, not \(other.kindName)"), id)
      return
    }
    self = id.map { .request(Request(id: $0, method: name, params: params)) } ?? .notification(Notification(method: name, params: params))
  }
}

// What a client's message is: JSON-RPC 2.0 read strictly, so that a mistake is reported where it is made.

package import JSON

/// A call that wants an answer.
package struct Request: Sendable, Equatable {
  package var id: RequestID
  package var method: String
  /// An array or an object; nil when left out or null.
  package var params: JSONValue?

  package init(id: RequestID, method: String, params: JSONValue? = nil) {
    self.id = id
    self.method = method
    self.params = params
  }
}

/// A call that wants none.
package struct Notification: Sendable, Equatable {
  package var method: String
  package var params: JSONValue?

  package init(method: String, params: JSONValue? = nil) {
    self.method = method
    self.params = params
  }
}

/// What a client answers to a request of ours.
package struct Response: Sendable, Equatable {
  /// Nil where it cannot be read.
  package var id: RequestID?
  package var outcome: Result<JSONValue, ResponseError>

  package init(id: RequestID?, outcome: Result<JSONValue, ResponseError>) {
    self.id = id
    self.outcome = outcome
  }

  /// An error that is no JSON-RPC error is one all the same: the client did not do what it was asked.
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
  /// An answer to a request of ours. Never answered, whatever is wrong with it: two peers could quarrel for ever.
  case response(Response)
  /// Messages that came as one array.
  case batch([IncomingMessage])
  /// To be answered with the error; the id is nil (null in the answer) where none could be read.
  case invalid(ResponseError, RequestID?)

  /// - Complexity: O(bytes).
  package init(parsing text: [UInt8], limits: JSONLimits = JSONLimits()) {
    do throws(JSONError) {
      let value = try JSONValue(parsing: text, limits: limits)
      guard case .array(let elements) = value, !elements.isEmpty else {
        self.init(value, text: text)
        return
      }
      // An id inside of a batch is written as JSON writes its value: the text of one element is not looked for.
      self = .batch(elements.map { IncomingMessage($0, text: nil) })
    } catch {
      self = .invalid(.parseError(error), nil)
    }
  }

  /// Whether it is to be answered.
  var wantsAnswer: Bool {
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

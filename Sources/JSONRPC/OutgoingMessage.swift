// Encodes the messages that we write. A reply is assembled from bytes so that the id stays as the client wrote it.

package import JSON

package enum OutgoingMessage {
  static func result(_ result: JSONValue, id: RequestID) -> [UInt8] {
    reply(id: id, member: ",\"result\":", value: result)
  }

  /// An unreadable id is null in the reply, as JSON-RPC requires, or left out.
  package static func error(_ error: ResponseError, id: RequestID?, omitsUnknownID: Bool = false) -> [UInt8] {
    var value: JSONObject = ["code": .integer(error.code), "message": .string(error.message)]
    value.append("data", error.data)
    if omitsUnknownID { return JSONValue.object(["jsonrpc": "2.0", "error": .object(value)]).serialized }
    return reply(id: id, member: ",\"error\":", value: .object(value))
  }

  package static func request(id: RequestID, method: String, params: JSONValue?) -> [UInt8] {
    var message: JSONObject = ["jsonrpc": "2.0", "id": (try? JSONValue(parsing: id.text)) ?? .null, "method": .string(method)]
    message.append("params", params)
    return JSONValue.object(message).serialized
  }

  package static func notification(method: String, params: JSONValue?) -> [UInt8] {
    var message: JSONObject = ["jsonrpc": "2.0", "method": .string(method)]
    message.append("params", params)
    return JSONValue.object(message).serialized
  }

  /// The message with the bytes that the framing puts before and after it.
  package static func framed(_ body: [UInt8], _ framing: MessageFraming) -> [UInt8] {
    var message: [UInt8] = []
    message.reserveCapacity(body.count + 40)
    switch framing {
    case .contentLength:
      message.append(contentsOf: "Content-Length: \(body.count)\r\n\r\n".utf8)
      message.append(contentsOf: body)
    case .line:
      message.append(contentsOf: body)
      message.append(0x0A)
    }
    return message
  }

  private static func reply(id: RequestID?, member: StaticString, value: JSONValue) -> [UInt8] {
    var message: [UInt8] = []
    message.reserveCapacity(512)
    message.append(contentsOf: #"{"jsonrpc":"2.0","id":"#.utf8)
    message.append(contentsOf: id?.text ?? Array("null".utf8))
    message.append(contentsOf: UnsafeBufferPointer(start: member.utf8Start, count: member.utf8CodeUnitCount))
    value.write(into: &message)
    message.append(UInt8(ascii: "}"))
    return message
  }
}

// What a door and a hub say first: which version of the wire both speak, who they are, and for whom the door asks.
//
//   door → hub   hub/hello {protocol, oldest, binary, pid, framing, workingDirectory, project, options}
//   hub → door   {protocol, binary, pid, startedUnixNano, notes}, or an error that says why not
//
// protocol/hub.md has the whole wire.

package import JSON
package import JSONRPC

package enum HubWire {
  /// The version of the wire that this program speaks best, and the oldest that it still speaks.
  package static let version = 1
  package static let oldest = 1
  /// Ids of a door's own requests begin with this: their answers are not the client's.
  package static let ownID = "trace-distiller-door:"

  package enum Method {
    package static let hello = "hub/hello"
    /// From the door, where its client turns out to write headers.
    package static let framing = "hub/framing"
    package static let ping = "hub/ping"
    package static let status = "hub/status"
    /// `{method, params}`: the answer as the text that people read.
    package static let text = "hub/text"
    package static let stop = "hub/stop"
    /// `{lines}`: records for the store, whole lines; the answer is `{records, lost}`.
    package static let records = "hub/records"
    /// From the hub: how errors for unreadable messages look to this client.
    package static let rules = "hub/rules"
    /// From the hub: the client has completed a handshake.
    package static let client = "hub/client"
    /// From the hub: the process that the client named as its own.
    package static let parent = "hub/parent"
    /// From the hub: a line for the door's standard error.
    package static let tell = "hub/tell"
    /// From the hub: it ends because it was asked to.
    package static let ending = "hub/ending"
    /// From the hub: the session ended with this exit code.
    package static let exit = "hub/exit"
  }

  /// The version that both speak; nil if there is none.
  package static func common(_ newest: Int, _ oldest: Int) -> Int? {
    let common = min(version, newest)
    return common >= oldest && common >= Self.oldest ? common : nil
  }

  /// A message as it is on the wire.
  package static func frame(_ body: [UInt8]) -> [UInt8] { OutgoingMessage.framed(body, .contentLength) }

  /// A request of the door itself.
  static func request(_ method: String, _ params: JSONValue, number: Int) -> [UInt8] {
    JSONValue.object(["jsonrpc": "2.0", "id": .string("\(ownID)\(number)"), "method": .string(method), "params": params]).serialized
  }
}

/// The door's first message.
package struct HubHello: Sendable, Equatable {
  package var protocolVersion = HubWire.version
  package var oldest = HubWire.oldest
  package var binary: String
  package var pid: Int32
  /// How the door's client writes: rules of a session depend on it.
  package var framing = MessageFraming.line
  package var workingDirectory: String?
  /// The client's project: the directory of the version control that the working directory belongs to, or that directory itself.
  package var project: String?
  /// The options of the store that the client asked for.
  package var options: [String] = []

  package init(binary: String, pid: Int32) { (self.binary, self.pid) = (binary, pid) }

  package var json: JSONValue {
    var object: JSONObject = [
      "protocol": .integer(protocolVersion), "oldest": .integer(oldest), "binary": .string(binary), "pid": .integer(Int(pid)),
      "framing": .string(framing == .line ? "line" : "contentLength"), "options": .array(options.map { .string($0) }),
    ]
    object.append("workingDirectory", workingDirectory.map { .string($0) })
    object.append("project", project.map { .string($0) })
    return .object(object)
  }

  /// Nil if it is no greeting. What a newer door says besides is ignored.
  package init?(_ params: JSONValue?) {
    guard let version = params?["protocol"]?.integer.flatMap({ Int(exactly: $0) }) else { return nil }
    protocolVersion = version
    oldest = params?["oldest"]?.integer.flatMap { Int(exactly: $0) } ?? version
    binary = params?["binary"]?.string ?? ""
    pid = params?["pid"]?.integer.flatMap { Int32(exactly: $0) } ?? 0
    framing = params?["framing"]?.string == "contentLength" ? .contentLength : .line
    workingDirectory = params?["workingDirectory"]?.string
    project = params?["project"]?.string
    options = params?["options"]?.array?.compactMap(\.string) ?? []
  }
}

/// The hub's answer.
package struct HubWelcome: Sendable, Equatable {
  package var protocolVersion: Int
  package var binary: String
  package var pid: Int32
  /// Lines for the client's user, such as options that the hub does not follow.
  package var notes: [String] = []

  package init(protocolVersion: Int, binary: String, pid: Int32) {
    (self.protocolVersion, self.binary, self.pid) = (protocolVersion, binary, pid)
  }

  package var json: JSONValue {
    [
      "protocol": .integer(protocolVersion), "binary": .string(binary), "pid": .integer(Int(pid)),
      "notes": .array(notes.map { .string($0) }),
    ]
  }

  init?(_ result: JSONValue?) {
    guard let version = result?["protocol"]?.integer.flatMap({ Int(exactly: $0) }) else { return nil }
    protocolVersion = version
    binary = result?["binary"]?.string ?? ""
    pid = result?["pid"]?.integer.flatMap { Int32(exactly: $0) } ?? 0
    notes = result?["notes"]?.array?.compactMap(\.string) ?? []
  }
}

extension ResponseError {
  /// The hub does not take the door: the same as where a single server could not start.
  package static func hubRefuses(_ message: String, exitCode: Int32) -> ResponseError {
    ResponseError(code: 1_005, message: message, data: ["exitCode": .integer(Int(exitCode)), "retry": false])
  }

  /// The hub ended before it answered, and the request may have changed something.
  static func hubLost() -> ResponseError {
    ResponseError(
      code: 1_005, message: "the hub ended before it answered; whether it did what was asked is not known: ask again",
      data: ["source": "hub", "reason": "the hub ended before it answered", "retry": true])
  }
}

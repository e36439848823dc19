// One question to a hub that is there, for commands: greeting, request, answer.

package import JSON
package import JSONRPC
import Platform

package final class HubClient {
  /// The hub could not be asked.
  package struct Unavailable: Error, Sendable, CustomStringConvertible {
    package var description: String
    /// Nobody listens beside the pipe.
    package var isAbsent = false

    package init(description: String, isAbsent: Bool = false) { (self.description, self.isAbsent) = (description, isAbsent) }
  }

  private let socket: Int32
  private let place: HubPlace
  private var framer = MessageFramer(limits: FramingLimits(maxMessageBytes: 1 << 30))
  private var number = 0

  /// Connects and greets. Starts no hub.
  package init(_ place: HubPlace, hello: HubHello) throws(Unavailable) {
    self.place = place
    if let problem = place.problem { throw Unavailable(description: problem, isAbsent: true) }
    switch HubSocket.connect(place) {
    case .connected(let descriptor): socket = descriptor
    case .nobody: throw Unavailable(description: "no hub is there for the pipe \(place.pipe)", isAbsent: true)
    case .busy: throw Unavailable(description: "the hub of \(place.pipe) has too many waiting; try again")
    case .refused(let reason): throw Unavailable(description: reason)
    }
    switch try exchange(HubWire.Method.hello, hello.json, within: 5_000_000_000) {
    case .success(let welcome):
      guard let found = HubWelcome(welcome), (HubWire.oldest...HubWire.version).contains(found.protocolVersion) else {
        throw Unavailable(description: "what listens at \(place.socketPath) speaks another version of the wire")
      }
    case .failure(let error): throw Unavailable(description: error.message)
    }
  }

  deinit { close(socket) }

  /// - Parameter nanos: how long the hub may be silent.
  package func ask(_ method: String, _ params: JSONValue, within nanos: Int64 = 60_000_000_000) throws(Unavailable) -> Result<
    JSONValue, ResponseError
  > { try exchange(method, params, within: nanos) }

  /// Waits until the hub has closed the connection.
  package func waitForEnd(within nanos: Int64) -> Bool {
    let end = MonotonicClock.nanos + nanos
    while MonotonicClock.nanos < end {
      guard case .success(nil) = read(until: end) else { return true }
    }
    return false
  }

  private func exchange(_ method: String, _ params: JSONValue, within nanos: Int64) throws(Unavailable) -> Result<JSONValue, ResponseError>
  {
    number += 1
    let id = "\(HubWire.ownID)\(number)"
    let until = MonotonicClock.nanos + nanos
    try send(HubWire.frame(HubWire.request(method, params, number: number)), until: until)
    while MonotonicClock.nanos < until {
      while let framed = framer.next() {
        guard case .message(let text) = framed, let answer = try? JSONValue(parsing: text) else {
          throw Unavailable(description: "what listens at \(place.socketPath) does not speak as a hub does")
        }
        guard answer["id"]?.string == id else { continue }
        guard let error = answer["error"] else { return .success(answer["result"] ?? .null) }
        return .failure(
          ResponseError(
            code: error["code"]?.integer.flatMap { Int(exactly: $0) } ?? ResponseError.Code.internalError,
            message: error["message"]?.string ?? "", data: error["data"]))
      }
      if case .failure(let error) = read(until: until) { throw error }
    }
    throw Unavailable(description: "the hub of \(place.pipe) does not answer: stopped, or very busy")
  }

  private func send(_ bytes: [UInt8], until: Int64) throws(Unavailable) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Platform.send(socket, $0.baseAddress! + done, bytes.count - done, Int32(MSG_DONTWAIT)) }
      if count >= 0 {
        done += count
      } else if errno == EAGAIN, MonotonicClock.nanos < until {
        wait(Int16(POLLOUT), until)
      } else if errno != EINTR {
        throw Unavailable(description: "the hub of \(place.pipe) ended: \(errorText(errno))")
      }
    }
  }

  private func read(until: Int64) -> Result<Void?, Unavailable> {
    wait(Int16(POLLIN), until)
    return withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { piece in
      switch FileDescriptors.read(socket, into: piece) {
      case .bytes(let count):
        framer.append(bytes: UnsafeRawBufferPointer(rebasing: piece[..<count]))
        return .success(nil)
      case .nothing: return .success(nil)
      case .endOfInput, .failed: return .failure(Unavailable(description: "the hub of \(place.pipe) ended before it answered"))
      }
    }
  }

  private func wait(_ events: Int16, _ until: Int64) {
    withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 1) { entries in
      entries[0] = pollfd(fd: socket, events: events, revents: 0)
      FileDescriptors.poll(entries, until: until)
    }
  }
}

// Proves that a sender that says nothing of its directory is found with it, once, and what is not guessed.

import JSON
import Platform
import Testing
import TraceDistiller

@testable import OTLPReceiver

#if os(Linux)
  struct PeerDirectoryTests {
    private func body(_ name: String, run: String, trace: Character, directory: String? = nil) -> String {
      let place = directory.map { #",{"key":"process.working_directory","value":{"stringValue":"\#($0)"}}"# } ?? ""
      let resource = #"{"attributes":[{"key":"service.instance.id","value":{"stringValue":"\#(run)"}}\#(place)]}"#
      return spanBody(name, trace: String(repeating: trace, count: 32))
        .replacing(#"{"resourceSpans":[{"#, with: #"{"resourceSpans":[{"resource":\#(resource),"#)
    }

    private func directory(_ receiver: Receiver, _ run: String) -> String? {
      receiver.store.withLock { store in Array(run.utf8).withUnsafeBytes { store.directory(ofRun: $0) } }
    }

    private func ask(_ client: RawClient, _ request: String) throws {
      client.send(request)
      #expect(try client.answer().status == 200)
    }

    private var own: String? {
      var buffer = [CChar](repeating: 0, count: 4_096)
      return getcwd(&buffer, buffer.count).map { String(cString: $0) }
    }

    @Test func aRunIsOfItsSendersDirectory() throws {
      let receiver = try Receiver()
      let client = try receiver.client()
      try ask(client, request(body("first", run: "one", trace: "1")))
      // A second run of the same connection is a collector's.
      try ask(client, request(body("second", run: "two", trace: "2")))
      let isUsable = own != "/" && own != getenv("HOME").map { String(cString: $0) }
      #expect(directory(receiver, "one") == (isUsable ? own : nil))
      #expect(directory(receiver, "two") == nil)
      // What a program says itself counts.
      try ask(receiver.client(), request(body("third", run: "three", trace: "3", directory: "/srv/shop")))
      #expect(directory(receiver, "three") == "/srv/shop")
    }

    @Test func noMoreThanTheBoundsIsLookedAt() throws {
      let (listener, client) = try pair()
      defer { for socket in [listener, client.0] { close(socket) } }
      let socket = PeerUser.Socket(user: geteuid(), inode: client.inode)
      #expect(PeerDirectory.find(socket) == own)
      #expect(PeerDirectory.find(socket, within: (0, 1_000)) == nil)
      #expect(PeerDirectory.find(socket, within: (1_000, 0)) == nil)
      #expect(PeerDirectory.find(PeerUser.Socket(user: geteuid(), inode: 0)) == nil)
      #expect(PeerDirectory.find(PeerUser.Socket(user: geteuid() &+ 1, inode: client.inode)) == nil)
    }

    /// Two sockets of this process, the second with its number.
    private func pair() throws -> (Int32, (Int32, inode: UInt64)) {
      var ends: [Int32] = [0, 0]
      try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
      var status = stat()
      try #require(fstat(ends[1], &status) == 0)
      return (ends[0], (ends[1], UInt64(status.st_ino)))
    }
  }
#endif

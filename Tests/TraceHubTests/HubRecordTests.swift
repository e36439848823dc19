// The lock's file: what one hub leaves to the next, and what is refused.

import Platform
import Testing

@testable import TraceHub

@Suite struct HubRecordTests {
  @Test func `What is written is read again, in the same number of bytes whatever it is`() {
    var record = HubRecord()
    for (numbers, held) in [(1, nil), (Int.max, HubRecord.Held(traces: 3, first: -1, last: .max))] {
      (record.pid, record.binary, record.protocolVersion, record.numbers, record.held) = (42, "0.1.0", 1, numbers, held)
      #expect(record.text.count == HubRecord.byteCount)
      #expect(HubRecord(text: String(decoding: record.text, as: UTF8.self)) == record)
    }
  }

  @Test(arguments: ["hello", "123\n", "pid 1\nnumbers -5\n", "pid 1\nnumbers x\n"]) func `Something else is not overwritten`(text: String) {
    #expect(HubRecord(text: text) == nil)
  }

  @Test func `One of two has the lock, the other reads what it wrote, and a third goes on with its numbers`() throws {
    let directory = try temporaryDirectory()
    let path = directory + "/p.hub.lock"
    var first: HubLock? = try HubLock(path: path)
    let second = try HubLock(path: path)
    #expect(first?.tryLock() == true)
    #expect(!second.tryLock())
    first?.change { ($0.pid, $0.numbers) = (9, 2_049) }
    #expect(second.record.numbers == 2_049)
    first = nil
    #expect(second.tryLock())
    #expect(second.record.pid == 9)
    second.change { $0.pid = 10 }
    #expect(second.record.numbers == 2_049)
    unlink(path)
    #expect(!second.isInPlace)
    rmdir(directory)
  }

  @Test func `Links, directories and other content at the lock's place are refused and left`() throws {
    let directory = try temporaryDirectory()
    symlink(directory + "/elsewhere", directory + "/link")
    mkdir(directory + "/folder", 0o700)
    let file = open(directory + "/file", O_WRONLY | O_CREAT, 0o600)
    _ = write(file, "precious", 8)
    close(file)
    for name in ["link", "folder", "file"] { #expect(throws: HubLock.Refused.self) { try HubLock(path: directory + "/" + name) } }
    var status = stat()
    #expect(stat(directory + "/file", &status) == 0 && status.st_size == 8)
    for name in ["link", "file"] { unlink(directory + "/" + name) }
    rmdir(directory + "/folder")
    rmdir(directory)
  }

  @Test func `A stale socket is replaced, a file in its place is not`() throws {
    let directory = try temporaryDirectory()
    let place = HubPlace(pipe: directory + "/p", workingDirectory: nil)
    close(try HubSocket.listen(place))
    guard case .nobody = HubSocket.connect(place) else {
      Issue.record("a stale socket answers")
      return
    }
    let listener = try HubSocket.listen(place)
    guard case .connected(let descriptor) = HubSocket.connect(place) else {
      Issue.record("nobody listens")
      return
    }
    close(descriptor)
    close(listener)
    unlink(place.socketPath)
    close(open(place.socketPath, O_WRONLY | O_CREAT, 0o600))
    #expect(throws: HubLock.Refused.self) { try HubSocket.listen(place) }
    unlink(place.socketPath)
    rmdir(directory)
  }

  @Test func `A path that no socket can have is told`() {
    let long = HubPlace(pipe: "/tmp/" + String(repeating: "x", count: 91), workingDirectory: nil)
    #expect(long.problem?.contains("100") == true)
    #expect(HubPlace(pipe: "/tmp/" + String(repeating: "x", count: 90), workingDirectory: nil).problem == nil)
    #expect(HubPlace(pipe: "p", workingDirectory: "/a").socketPath == "/a/p.hub")
  }

  private func temporaryDirectory() throws -> String {
    var template = Array("/tmp/td-hub-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    return template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }
}

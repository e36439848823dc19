// Proves that the file beside a pipe leads to a server that lives, and to no other.

import PipeBasics
import Platform
import Testing

@testable import OTLPReceiver

@Suite struct AddressFileTests {
  private let directory: String
  private let pipe: PipePath

  init() throws {
    var template = Array("/tmp/trace-distiller-test-XXXXXX".utf8CString)
    directory = String(cString: try #require(mkdtemp(&template)))
    pipe = PipePath.resolve(option: directory + "/p.pipe", environment: [:])
  }

  @Test func `It is read as long as its writer lives, in its place, and removed by its writer alone`() throws {
    let path = AddressFile.path(of: pipe)
    #expect(AddressFile.read(beside: pipe) == nil)
    let file = try AddressFile.write(["http://127.0.0.1:1"], beside: pipe).get()
    #expect(AddressFile.read(beside: pipe) == AddressFile.Content(pid: Int(getpid()), endpoints: ["http://127.0.0.1:1"]))
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)

    // Another takes the place of the first, which removes nothing then.
    let second = try AddressFile.write(["http://127.0.0.1:2"], beside: pipe).get()
    file.remove()
    #expect(AddressFile.read(beside: pipe)?.endpoints == ["http://127.0.0.1:2"])
    second.remove()
    #expect(access(path, F_OK) != 0)
    _ = run(["rm", "-rf", directory])
  }

  @Test func `A file that nobody holds is stale, and so is what is no such file`() throws {
    let path = AddressFile.path(of: pipe)
    do { _ = try AddressFile.write(["http://127.0.0.1:1"], beside: pipe).get() }
    #expect(access(path, F_OK) == 0 && AddressFile.read(beside: pipe) == nil)
    unlink(path)
    symlink("/etc/passwd", path)
    #expect(AddressFile.read(beside: pipe) == nil)
    // Writing replaces the link and leaves what it leads to.
    let file = try AddressFile.write(["http://127.0.0.1:3"], beside: pipe).get()
    #expect(AddressFile.read(beside: pipe)?.endpoints == ["http://127.0.0.1:3"])
    file.remove()
    _ = run(["rm", "-rf", directory])
  }

  @Test func `A directory that is not there is told`() {
    let missing = PipePath.resolve(option: directory + "/none/p.pipe", environment: [:])
    guard case .failure(let error) = AddressFile.write(["x"], beside: missing) else {
      Issue.record("it was written")
      return
    }
    #expect("\(error)".contains("No such file"), "\(error)")
  }

  private func run(_ arguments: [String]) -> Int32? {
    (try? ChildProcess(arguments, environment: ["PATH=/usr/bin:/bin"], signals: .takeOver()))?.wait()?.code
  }
}

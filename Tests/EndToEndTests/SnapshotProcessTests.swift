// Proves which reports a program leaves at its end, and that a failure to write reports does not affect the program.

import Platform
import Testing

@Suite struct SnapshotProcessTests {
  @Test func `A program that returns from main leaves one report of its own`() throws {
    let place = try TestPlace()
    let host = run([layersHost, "snapshots", place.path + "/reports", "exit"])
    #expect(host.code == 0 && host.output.isEmpty && host.error.isEmpty, "\(host)")
    let files = run(["ls", "-A", place.path + "/reports"]).output.split(separator: "\n")
    try #require(files.count == 1 && files[0].hasPrefix("host-") && files[0].hasSuffix("-0001.txt"), "\(files)")
    let text = run(["cat", "\(place.path)/reports/\(files[0])"]).output
    for part in ["Report: 1 (exit)", "1 trace, newest first:", "Root: work of the host"] {
      #expect(text.contains(part), "missing \(part) in\n\(text)")
    }
    #expect(run(["stat", "-c", "%a", place.path + "/reports", "\(place.path)/reports/\(files[0])"]).output == "700\n600\n")
  }

  @Test func `A child of fork that exits writes nothing in its parent's name`() throws {
    let place = try TestPlace()
    let host = run([layersHost, "snapshots", place.path, "fork"])
    #expect(host.code == 0 && host.error.isEmpty, "\(host)")
    let files = run(["ls", "-A", place.path]).output.split(separator: "\n")
    #expect(files.count == 1, "\(files)")
  }

  @Test func `A limit of file sizes is told, raises no signal in the program and leaves no file`() throws {
    let place = try TestPlace()
    let host = run(["sh", "-c", "ulimit -f 0; exec '\(layersHost)' snapshots '\(place.path)/reports' await-failure"])
    #expect(host.code == 0 && host.error.isEmpty, "\(host)")
    #expect(host.output.contains(String(cString: strerror(EFBIG))), "\(host)")
    #expect(run(["ls", "-A", place.path + "/reports"]).output == "")
  }

  /// A disk of its own needs a user namespace, which not every machine allows.
  private static let mayMount = run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).code == 0

  @Test(.enabled(if: mayMount, "needs a mount of its own: unshare -rm"))
  func `A full disk is told, and leaves no file`() throws {
    let place = try TestPlace()
    let script = """
      mount -t tmpfs -o size=8k none '\(place.path)' && head -c 8192 /dev/zero > '\(place.path)/filler'
      '\(layersHost)' snapshots '\(place.path)' await-failure && ls -A '\(place.path)'
      """
    let host = run(["unshare", "-rm", "sh", "-c", script])
    #expect(host.code == 0 && host.error.isEmpty, "\(host)")
    let told = host.output.split(separator: "\n")
    #expect(told.count == 2 && told.last == "filler" && told.first?.hasSuffix(String(cString: strerror(ENOSPC))) == true, "\(host)")
  }
}

// The hub's log: lines in a file of the state directory, of bounded size. Where none can be written the hub lives without.

import PipeBasics
import Platform
import Synchronization

package final class HubLog: Sendable {
  package let path: String?
  private let name: String
  private let guarding = Mutex(())

  /// Above this size the file becomes `hub.log.1`, in the place of the one before.
  package static let maxBytes = 256 << 10

  /// - Parameter name: stands in each line; hubs of several pipes share the file.
  package init(directory: String?, name: String) {
    path = directory.map { $0 + "/hub.log" }
    self.name = name
    guard let directory else { return }
    var end = directory.utf8.startIndex
    let bytes = directory.utf8
    while let slash = bytes[bytes.index(after: end)...].firstIndex(of: UInt8(ascii: "/")) {
      mkdir(String(directory[..<slash]), 0o700)
      end = slash
    }
    mkdir(directory, 0o700)
  }

  /// `${XDG_STATE_HOME:-~/.local/state}/trace-distiller`; nil where neither is known.
  package static func directory() -> String? {
    func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil } }
    return (variable("XDG_STATE_HOME") ?? variable("HOME").map { $0 + "/.local/state" }).map { $0 + "/trace-distiller" }
  }

  package func write(_ line: String) {
    guard let path else { return }
    guarding.withLock { _ in
      let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o600)
      guard descriptor >= 0 else { return }
      defer { close(descriptor) }
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
      let shown = line.unicodeScalars.prefix(1_000).map { $0.value < 0x20 ? "\u{FFFD}" : String($0) }.joined()
      let text = Array("\(Timestamp.format(WallClock.nanos)) pid \(getpid()) \(name): \(shown)\n".utf8)
      _ = Platform.write(descriptor, text, text.count)
      if status.st_size > Self.maxBytes { rename(path, path + ".1") }
    }
  }
}

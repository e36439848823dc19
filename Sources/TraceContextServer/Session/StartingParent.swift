// The process that started this one, where it is one whose end means that nobody asks any more: a client, and no init, supervisor or shell at
// a terminal that only happens to stand above us.

import CProcess
import Platform

package struct StartingParent: Sendable {
  let process: Int32

  /// Looked at once, at the start of the program: later the parent may be another one.
  package init?() { self.init(process: getppid(), isAtTerminal: isatty(STDIN_FILENO) != 0) }

  init?(process: Int32, isAtTerminal: Bool) {
    // 0 is above a container, 1 is who takes orphans in where nobody else does.
    guard process > 1, !isAtTerminal else { return nil }
    self.process = process
  }

  /// Whether it takes orphans in (systemd of a user, the init of a container): then it may have taken us in, and who started us is gone already.
  /// Where that cannot be known, it is taken for a client.
  ///
  /// Takes about a millisecond and two processes. The second is left to whoever takes orphans in, which stays for ever where that never looks
  /// after its children: those are not asked.
  var takesOrphansIn: Bool { !Self.idlers.contains(Self.name(of: 1)) && adopter_of_orphans() == process }

  /// What containers run as process 1 that are only to stay.
  private static let idlers = ["sleep", "tail", "cat"]

  private static func name(of process: Int32) -> String {
    let file = open("/proc/\(process)/comm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    return withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { bytes in
      let count = read(file, bytes.baseAddress, bytes.count)
      return String(decoding: bytes[..<max(0, count)].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
  }
}

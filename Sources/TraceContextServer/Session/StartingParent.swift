// The process that started this one, if its end means that no client is left: a client, and not an init process, a supervisor or a shell at
// a terminal that only happens to be our parent.

import CProcess
import Platform

package struct StartingParent: Sendable {
  let process: Int32

  /// Read once, at the start of the program: later the parent may be another process.
  package init?() { self.init(process: getppid(), isAtTerminal: isatty(STDIN_FILENO) != 0) }

  init?(process: Int32, isAtTerminal: Bool) {
    // 0 is a parent outside of the container; 1 adopts orphans where no other process does.
    guard process > 1, !isAtTerminal else { return nil }
    self.process = process
  }

  /// Whether the parent adopts orphans (the user's systemd, the init of a container). Then it may have adopted us, and the process that
  /// started us is already gone. If this cannot be found out, the parent is treated as a client.
  ///
  /// Takes about a millisecond and two processes. The second one is left to the adopting process. If that never waits for its children, the
  /// second process stays for ever, so such adopters are not probed.
  /// after its children: those are not asked.
  var takesOrphansIn: Bool { !Self.idlers.contains(Self.name(of: 1)) && adopter_of_orphans() == process }

  /// Programs that containers run as process 1 only to stay alive.
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

// The process that started this one, where it is one whose end means that nobody asks any more: a client, and no init, supervisor or shell at
// a terminal that only happens to stand above us.

import Platform

package struct StartingParent: Sendable {
  let process: Int32

  /// What there is to know about a process and the one above it.
  struct Place: Sendable {
    var process: Int32
    var session: Int32
    var parent: Int32
    var parentSession: Int32
    var parentName: String
    var isAtTerminal: Bool
  }

  /// Looked at once, at the start of the program: later the parent may be another one.
  package init?() {
    let parent = getppid()
    let place = Place(
      process: getpid(), session: getsid(0), parent: parent, parentSession: getsid(parent), parentName: Self.name(of: parent),
      isAtTerminal: isatty(STDIN_FILENO) != 0)
    self.init(place)
  }

  init?(_ place: Place) {
    // 0 is above a container, 1 is who takes orphans in.
    guard place.parent > 1, !place.isAtTerminal, !Self.adopters.contains(place.parentName) else { return nil }
    // A child has its parent's session or one of its own. Any other is that of somebody who has gone: we were taken in.
    guard place.session == place.process || place.session == place.parentSession else { return nil }
    process = place.parent
  }

  /// Processes besides 1 that take orphans in (PR_SET_CHILD_SUBREAPER), by the names that the kernel tells, of at most 15 characters. Linux tells
  /// nobody whether another process does.
  private static let adopters: Set<String> = [
    "systemd", "init", "tini", "dumb-init", "docker-init", "catatonit", "conmon", "conmonrs", "containerd-shim",
  ]

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

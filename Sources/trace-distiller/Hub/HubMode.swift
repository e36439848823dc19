// Whether clients of one pipe share a process in the background: `--hub`, and what `auto` makes of the surroundings.

import ArgumentParser
import Platform

enum HubMode: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto, never, require

  /// Where a background process would outlive what started it to nobody's use: in CI and in containers.
  static var isUnwelcome: Bool {
    if let ci = getenv("CI").map({ String(cString: $0) }), !["", "0", "false"].contains(ci) { return true }
    if access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0 { return true }
    let descriptor = open("/proc/1/cgroup", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = read(descriptor, &bytes, bytes.count)
    let groups = String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    return ["docker", "kubepods", "containerd", "libpod", "/lxc"].contains { groups.contains($0) }
  }
}

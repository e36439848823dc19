// Where the pipe is, the same for every program of a user whatever its environment holds: MCP clients hand on little more than HOME, PATH and USER.

import Platform

/// The place of a named pipe.
package struct PipePath: Sendable, Equatable {
  package enum Origin: String, Sendable {
    case option = "--pipe"
    case environment = "TRACE_DISTILLER_PIPE"
    case standard = "default"
  }

  package var path: String
  package var origin: Origin

  package var lockPath: String { path + ".lock" }

  /// Pipes that one server reads at most.
  package static let maxPaths = 64

  /// Where to write: the option, else the first of `TRACE_DISTILLER_PIPE`, else `/run/user/<uid>/trace-distiller/default.pipe` where
  /// `/run/user/<uid>` is ours, else `/tmp/trace-distiller-<uid>/default.pipe`.
  package static func resolve(option: String?, environment: [String: String]) -> PipePath {
    resolve(options: option.map { [$0] } ?? [], environment: environment)[0]
  }

  /// What to read: every option, else every path of `TRACE_DISTILLER_PIPE`, which a colon parts as in `PATH`, else the default alone.
  package static func resolve(options: [String], environment: [String: String]) -> [PipePath] {
    let home = environment["HOME"]
    if !options.isEmpty { return options.map { PipePath(path: expanded($0, home), origin: .option) } }
    let named = environment["TRACE_DISTILLER_PIPE", default: ""].split(separator: ":").map {
      PipePath(path: expanded(String($0), home), origin: .environment)
    }
    return named.isEmpty ? [PipePath(path: standardDirectory(uid: geteuid()) + "/default.pipe", origin: .standard)] : named
  }

  /// The variables that matter here, read without Foundation.
  package static func environment() -> [String: String] {
    var found: [String: String] = [:]
    for name in ["TRACE_DISTILLER_PIPE", "HOME"] {
      if let value = getenv(name) { found[name] = String(cString: value) }
    }
    return found
  }

  /// Shells leave the `~` of `--pipe=~/p` as it is, and nobody expands that of a configuration file.
  private static func expanded(_ path: String, _ home: String?) -> String {
    guard path.hasPrefix("~/"), let home, home.hasPrefix("/") else { return path }
    return home + path.dropFirst(1)
  }

  /// Where the default pipe may be. In /tmp anybody could have made the second one first: whoever opens it checks whose it is.
  package static func standardDirectories(uid: UInt32) -> [String] { ["/run/user/\(uid)/trace-distiller", "/tmp/trace-distiller-\(uid)"] }

  private static func standardDirectory(uid: uid_t) -> String {
    let runtime = "/run/user/\(uid)"
    var status = stat()
    let isOurs = lstat(runtime, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == uid
    return isOurs ? standardDirectories(uid: uid)[0] : standardDirectories(uid: uid)[1]
  }
}

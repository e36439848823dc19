// Where the pipe is. Programs of one user get the same path with any environment: MCP clients pass on little more than HOME, PATH and USER.

import Platform

/// The path of a named pipe.
package struct PipePath: Sendable, Equatable {
  package enum Origin: String, Sendable {
    case option = "--pipe"
    case environment = "TRACE_DISTILLER_PIPE"
    case standard = "default"
  }

  package var path: String
  package var origin: Origin

  package var lockPath: String { path + ".lock" }

  /// The maximum number of pipes that one server reads.
  package static let maxPaths = 64

  /// Where to write: the option, else the first path of `TRACE_DISTILLER_PIPE`, else `/run/user/<uid>/trace-distiller/default.pipe` if
  /// `/run/user/<uid>` belongs to this user, else `/tmp/trace-distiller-<uid>/default.pipe`.
  package static func resolve(option: String?, environment: [String: String]) -> PipePath {
    resolve(options: option.map { [$0] } ?? [], environment: environment)[0]
  }

  /// What to read: every option, else every path of `TRACE_DISTILLER_PIPE` (separated by colons, as in `PATH`), else only the default.
  package static func resolve(options: [String], environment: [String: String]) -> [PipePath] {
    let home = environment["HOME"]
    if !options.isEmpty { return options.map { PipePath(path: expanded($0, home), origin: .option) } }
    let named = environment["TRACE_DISTILLER_PIPE", default: ""].split(separator: ":").map {
      PipePath(path: expanded(String($0), home), origin: .environment)
    }
    return named.isEmpty ? [PipePath(path: standardDirectory(uid: geteuid()) + "/default.pipe", origin: .standard)] : named
  }

  /// The environment variables used here, read without Foundation.
  package static func environment() -> [String: String] {
    var found: [String: String] = [:]
    for name in ["TRACE_DISTILLER_PIPE", "HOME"] {
      if let value = getenv(name) { found[name] = String(cString: value) }
    }
    return found
  }

  /// Expands a leading `~/`. Shells do not expand it in `--pipe=~/p`, and in a configuration file it is never expanded.
  private static func expanded(_ path: String, _ home: String?) -> String {
    guard path.hasPrefix("~/"), let home, home.hasPrefix("/") else { return path }
    return home + path.dropFirst(1)
  }

  /// Where the default pipe may be. Another user may have created the directory in /tmp first, so the code that opens it checks its owner.
  package static func standardDirectories(uid: UInt32) -> [String] { ["/run/user/\(uid)/trace-distiller", "/tmp/trace-distiller-\(uid)"] }

  private static func standardDirectory(uid: uid_t) -> String {
    let runtime = "/run/user/\(uid)"
    var status = stat()
    let isOurs = lstat(runtime, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == uid
    return isOurs ? standardDirectories(uid: uid)[0] : standardDirectories(uid: uid)[1]
  }
}

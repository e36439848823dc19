// Why a path cannot be used as a pipe. Every message says what was found and what to do.

import Platform
import TraceRecords

package enum PipeError: Error, Equatable, Sendable, CustomStringConvertible {
  case notAPipe(path: String, found: String)
  case foreign(path: String, what: String)
  /// The same FIFO under two names: its two readers would be in the same process and lock each other out.
  case twice(path: String, as: String)
  case tooMany(Int)
  /// The shell did not expand a tilde, and it is not the name of a directory.
  case unexpanded(path: String)
  case system(path: String, call: String, errno: Int32)

  /// The system has run out of a resource; nothing is wrong with the path.
  package var isSystemsRefusal: Bool {
    guard case .system(_, _, let code) = self else { return false }
    return [EMFILE, ENFILE, ENOMEM, ENOSPC, EDQUOT, ENOLCK].contains(code)
  }

  package var description: String {
    switch self {
    case .notAPipe(let path, let found): "\(path) is \(found), not a named pipe; remove it or choose another path with --pipe"
    case .foreign(let path, let what): "\(path) \(what)\(what.hasSuffix(" or") ? "" : ";") choose a path of your own with --pipe"
    case .twice(let path, let other):
      path == other ? "\(path) is named twice; name each pipe once" : "\(path) and \(other) are the same pipe; name it once"
    case .tooMany(let count): "\(count) pipes are named; one server reads \(PipePath.maxPaths) at most"
    case .unexpanded(let path):
      "\(path): the ~ was not replaced by a home directory, which shells do at the beginning of a word only; write the whole path"
    case .system(let path, let call, let errno): "\(path): \(call): \(String(cString: strerror(errno)))"
    }
  }
}

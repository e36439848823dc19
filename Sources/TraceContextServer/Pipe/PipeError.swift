// Why a path is no pipe of ours; every message says what is there and what to do.

import Glibc

package enum PipeError: Error, Equatable, Sendable, CustomStringConvertible {
  case notAPipe(path: String, found: String)
  case foreign(path: String, what: String)
  case system(path: String, call: String, errno: Int32)

  package var description: String {
    switch self {
    case .notAPipe(let path, let found): "\(path) is \(found), not a named pipe; remove it or choose another path with --pipe"
    case .foreign(let path, let what): "\(path) \(what); choose a path of your own with --pipe"
    case .system(let path, let call, let errno): "\(path): \(call): \(String(cString: strerror(errno)))"
    }
  }
}

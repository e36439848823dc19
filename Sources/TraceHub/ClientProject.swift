// Which project a client belongs to, by the directory in which it started its door.

import Platform

package enum ClientProject {
  /// The nearest directory at or above that has a `.git`, else the directory itself. Nil for the root and the user's home: clients that
  /// start their servers there say nothing by it.
  package static func directory(of working: String?) -> String? {
    guard let working, working.hasPrefix("/") else { return nil }
    let home = getenv("HOME").map { String(cString: $0) }
    func isNone(_ path: String) -> Bool { path.isEmpty || path == "/" || path == home }
    var above = working
    while !isNone(above) {
      if access(above + "/.git", F_OK) == 0 { return above }
      guard let slash = above.lastIndex(of: "/") else { break }
      above = String(above[..<slash])
    }
    return isNone(working) ? nil : working
  }
}

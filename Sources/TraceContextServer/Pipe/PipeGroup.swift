// Who else may write to a pipe: programs in containers run as other users, and share a group with the server at best.

package import Platform

/// A group of the system, by its name or number.
package struct PipeGroup: Sendable, Equatable {
  package var id: gid_t
  /// As it was named.
  package var name: String

  /// Nil where the system knows no group of that name.
  package init?(named name: String) {
    self.name = name
    if let number = gid_t(name) {
      id = number
    } else if let entry = getgrnam(name) {
      id = entry.pointee.gr_gid
    } else {
      return nil
    }
  }
}

// A group that may also write to a pipe: programs in containers run as other users, and often share only a group with the server.

package import Platform

/// A group of the system, given by name or number.
package struct PipeGroup: Sendable, Equatable {
  package var id: gid_t
  /// As it was given.
  package var name: String

  /// Nil if the system has no group of that name.
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

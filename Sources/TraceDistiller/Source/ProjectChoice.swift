// The project that a client's questions are about where they name none. It may become known after the client's first questions.

import Synchronization

/// Shared by a client's source and by the doors that learn what its client works on.
package final class ProjectChoice: Sendable {
  private let chosen: Mutex<ProjectCondition?>

  package init(_ project: ProjectCondition? = nil) { chosen = Mutex(project) }

  package var project: ProjectCondition? {
    get { chosen.withLock { $0 } }
    set { chosen.withLock { $0 = newValue } }
  }
}

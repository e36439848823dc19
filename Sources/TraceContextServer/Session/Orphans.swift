// Programs that a started program leaves behind when it ends: who wants to wait for them has to take them in.

import CProcess

package enum Orphans {
  /// From now on children of ended children are children of this process. Where the system has no such thing they are nobody's, and not waited for.
  package static func adopt() { _ = adopt_orphans() }
}

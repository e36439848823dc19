// Finds the hub of a pipe, or becomes the one that starts it. Of any number of processes that look at the same time, the lock lets one.

import Platform

package struct HubSearch: Sendable {
  package enum Step: Sendable {
    case connected(Int32)
    /// Somebody is starting or ending a hub, or more wait than may: look again a little later.
    case later
    /// Nothing can be done here.
    case impossible(String)
    /// There is none, and none was to be started.
    case nobody
  }

  package let place: HubPlace
  /// Starts the hub with the listening socket and the lock; returns what is in the way. Nil where none is to be started.
  private let start: (@Sendable (_ listener: Int32, _ lock: HubLock) -> String?)?

  /// Called when a hub has greeted: the one that was started lives.
  package let onGreeted: @Sendable () -> Void

  package init(
    _ place: HubPlace, onGreeted: @escaping @Sendable () -> Void = {},
    start: (@Sendable (_ listener: Int32, _ lock: HubLock) -> String?)? = nil
  ) {
    (self.place, self.onGreeted, self.start) = (place, onGreeted, start)
  }

  package func step() -> Step {
    switch HubSocket.connect(place) {
    case .connected(let descriptor): return .connected(descriptor)
    case .busy: return .later
    case .refused(let reason): return .impossible(reason)
    case .nobody: return start == nil ? .nobody : elect()
    }
  }

  private func elect() -> Step {
    guard let start else { return .nobody }
    place.makeDirectory()
    if let foreign = place.foreignDirectory { return .impossible(foreign) }
    do throws(HubLock.Refused) {
      let lock = try HubLock(path: place.lockPath)
      guard lock.tryLock(), lock.isInPlace else { return .later }
      // A hub may have come and listened between the first look and the lock; it would still hold the lock.
      let listener = try HubSocket.listen(place)
      if let problem = start(listener, lock) {
        unlink(place.socketPath)
        close(listener)
        return .impossible(problem)
      }
      switch HubSocket.connect(place) {
      case .connected(let descriptor): return .connected(descriptor)
      default: return .later
      }
    } catch {
      return .impossible(error.description)
    }
  }
}

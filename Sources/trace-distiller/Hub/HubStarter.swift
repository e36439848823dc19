// How a door gets its hub where there is none: a detached process, or, where none may live, a thread of its own process.

import Platform
import Synchronization
import TraceContextServer
import TraceHub
import TraceRecords

final class HubStarter: Sendable {
  let place: HubPlace
  private let words: [String]
  private let options: ServerOptions
  /// The hub of this process, where no other may live.
  private let own = Mutex<HubProcess?>(nil)
  private let isRequired: Bool

  init(_ options: ServerOptions, idleNanos: Int64, isRequired: Bool) {
    let working = ClientProject.workingDirectory
    let paths = options.paths
    (self.options, self.isRequired) = (options, isRequired)
    place = HubPlace(pipe: paths[0].path, workingDirectory: working)
    words =
      ["hub", "run", "--inherited", "--hub-idle=\(idleNanos)ns"]
      + paths.map { "--pipe=\(HubPlace(pipe: $0.path, workingDirectory: working).pipe)" } + options.asked
  }

  var search: HubSearch {
    HubSearch(place) { [self] listener, lock in
      guard let code = HubStart.detached(words, listener: listener, lock: lock.descriptor) else {
        // The hub has both now.
        close(listener)
        return nil
      }
      let problem = "no process can be started in the background: \(errorText(code))"
      return isRequired ? problem : serveHere(listener, lock) ?? nil
    }
  }

  /// The first door serves the others itself. Returns what is in the way.
  private func serveHere(_ listener: Int32, _ lock: HubLock) -> String? {
    do throws(ServerHost.Failure) {
      let hub = try HubProcess(options, place: place, lock: lock, listener: listener, idleNanos: nil, say: tell)
      own.withLock { $0 = hub }
      do { try SystemThread.start { hub.run() } } catch { return "\(error)" }
      return nil
    } catch {
      return error.message
    }
  }

  /// This process ends, and its hub with it if it is one.
  func endOwn() {
    if own.withLock({ $0 }) != nil { unlink(place.socketPath) }
  }
}

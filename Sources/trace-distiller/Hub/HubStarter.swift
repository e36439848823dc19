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
  /// When hubs were started from here: those that do not live are not tried for ever.
  private let starts = Mutex<[Int64]>([])
  private static let maxStarts = 3

  init(_ options: ServerOptions, idleNanos: Int64) {
    let working = WorkingDirectory.path
    let paths = options.paths
    self.options = options
    place = HubPlace(pipe: paths[0].path, workingDirectory: working)
    words =
      ["hub", "run", "--inherited", "--hub-idle=\(idleNanos)ns"]
      + paths.map { "--pipe=\(HubPlace(pipe: $0.path, workingDirectory: working).pipe)" } + options.asked
  }

  var search: HubSearch {
    HubSearch(
      place, onGreeted: { [self] in starts.withLock { $0 = [] } },
      start: { [self] listener, lock in
        guard mayStart else { return serveHere(listener, lock, "processes in the background end at once") }
        guard let code = HubStart.detached(words, listener: listener, lock: lock.descriptor) else {
          // The hub has both now.
          close(listener)
          return nil
        }
        return serveHere(listener, lock, "no process can be started in the background: \(errorText(code))")
      })
  }

  /// Whether fewer than some were started in the last seconds of which none greeted.
  private var mayStart: Bool {
    starts.withLock { starts in
      let now = MonotonicClock.nanos
      starts.removeAll { now - $0 > 5_000_000_000 }
      guard starts.count < Self.maxStarts else { return false }
      starts.append(now)
      return true
    }
  }

  /// The first door serves the others itself. Returns what is in the way.
  private func serveHere(_ listener: Int32, _ lock: HubLock, _ reason: String) -> String? {
    tell("\(reason): this process keeps the traces for the clients that come after it")
    do throws(ServerHost.Failure) {
      let hub = try HubProcess(options, place: place, lock: lock, listener: listener, isGuest: true, idleNanos: nil, say: { _ in })
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

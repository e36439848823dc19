// A hub that cannot begin tells the door that started it why, with the exit code that one process alone would have had.

import ArgumentParser
import JSON
import JSONRPC
import Platform
import Synchronization
import TraceHub

enum HubRefusal {
  /// Answers the greetings that wait at the socket, for a moment.
  static func tell(_ failure: ServerHost.Failure, listener: Int32) {
    let until = MonotonicClock.nanos + 500_000_000
    guard let workers = try? Workers() else { return }
    while MonotonicClock.nanos < until {
      if let socket = HubSocket.accept(listener) {
        let handler = Refusing(failure)
        _ = Connection(input: socket, output: socket, handler: handler, workers: workers).run()
        close(socket)
        if handler.hasTold { return }
      } else {
        usleep(1_000)
      }
    }
  }

  private final class Refusing: MessageHandler {
    private let failure: ServerHost.Failure
    private let told = Atomic(false)

    init(_ failure: ServerHost.Failure) { self.failure = failure }

    var hasTold: Bool { told.load(ordering: .relaxed) }

    func reply(to request: Request) throws -> Reply {
      told.store(true, ordering: .relaxed)
      throw ResponseError.hubRefuses(failure.message, exitCode: failure.code.rawValue)
    }

    func receive(_ notification: Notification) -> ConnectionDirective { .proceed }
  }
}

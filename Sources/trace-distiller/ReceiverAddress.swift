// Tells others where a server listens, as long as it reads the pipe beside which that is written, and takes it back at the end.

import JSONRPC
import OTLPReceiver
import Platform
import Synchronization
import TraceContextServer
import TraceRecords

final class ReceiverAddress: Sendable {
  private let pipe: PipePath
  private let endpoints: [String]
  private let isOwner: @Sendable () -> Bool
  private let file = Mutex<AddressFile?>(nil)
  private let timer = Mutex<TimerThread.Timer?>(nil)

  /// - Parameter isOwner: whether this server reads the pipe by now; of two servers of a pipe one is to be found.
  init(_ endpoints: [String], beside pipe: PipePath, timers: TimerThread, isOwner: @escaping @Sendable () -> Bool) {
    self.pipe = pipe
    self.endpoints = endpoints
    self.isOwner = isOwner
    timer.withLock { timer in timer = timers.timer { [weak self] in self?.look() } }
    look()
  }

  private static let everyNanos: Int64 = 1_000_000_000

  private func look() {
    guard isOwner() else {
      timer.withLock { $0?.wake(by: MonotonicClock.nanos + Self.everyNanos) }
      return
    }
    switch AddressFile.write(endpoints, beside: pipe) {
    case .success(let written): file.withLock { $0 = written }
    case .failure(let error): tell("\(error)")
    }
  }

  func remove() { file.withLock { $0?.remove() } }
}

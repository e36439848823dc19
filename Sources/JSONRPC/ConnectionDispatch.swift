// What is done with each message: who answers it, and that it is answered exactly once.

import JSON
import Synchronization

extension Connection {
  /// Handles one message on the reader's thread. Not nil when the connection shall end.
  func handle(_ framed: FramedMessage) -> ConnectionEnd? {
    switch framed {
    case .failure(let failure):
      count { $0.framingErrors += 1 }
      onDiagnostic?("bad framing: \(failure)")
      outbox.send(OutgoingMessage.error(.parseError(failure), id: nil))
    case .message(let text):
      switch IncomingMessage(parsing: text, limits: limits.json) {
      case .request(let request): answer(request)
      case .notification(let notification): return receive(notification)
      case .response: break
      case .invalid(let error, let id):
        let isParseError = error.code == ResponseError.Code.parseError
        count { if isParseError { $0.parseErrors += 1 } else { $0.invalidRequests += 1 } }
        onDiagnostic?("bad message: \(error.message)")
        outbox.send(OutgoingMessage.error(error, id: id))
      }
    }
    return nil
  }

  private func answer(_ request: Request) {
    let isDuplicate = shared.withLock {
      $0.statistics.requests += 1
      return $0.inFlight.contains(request.id)
    }
    guard !isDuplicate else {
      let error = ResponseError.invalidRequest("a request with this id is running; give every request its own id")
      outbox.send(OutgoingMessage.error(error, id: request.id))
      return
    }
    do {
      guard let result = try handler.respondNow(to: request) else {
        start(request)
        return
      }
      outbox.send(OutgoingMessage.result(result, id: request.id))
    } catch {
      reply(with: error, to: request)
    }
  }

  private func start(_ request: Request) {
    let isAdmitted = shared.withLock {
      if $0.inFlight.admit(request.id) { return true }
      $0.statistics.busy += 1
      return false
    }
    guard isAdmitted else {
      outbox.send(OutgoingMessage.error(.busy(limit: limits.maxInFlight), id: request.id))
      return
    }
    let task = Task.detached { await self.run(request) }
    shared.withLock { $0.inFlight.attach(task, to: request.id) }
  }

  private func run(_ request: Request) async {
    let outcome: Result<JSONValue, any Error>
    do { outcome = .success(try await handler.respond(to: request)) } catch { outcome = .failure(error) }
    // At the end of the connection the reader answers what has not finished in time.
    guard shared.withLock({ $0.inFlight.finish(request.id) }) else { return }
    switch outcome {
    case .success(let result): outbox.send(OutgoingMessage.result(result, id: request.id))
    case .failure(let error): reply(with: error, to: request)
    }
    let isAwaited = shared.withLock {
      $0.inFlight.replied()
      return $0.isEnding
    }
    if isAwaited { wakeup.signal() }
  }

  private func reply(with error: any Error, to request: Request) {
    let response: ResponseError
    switch error {
    case let error as ResponseError: response = error
    case is CancellationError: response = .requestCancelled()
    default:
      // Its text is for the log: it may hold what the client must not see.
      response = .internalError("\(Quoting.quote(request.method)) failed inside the server; its log tells more")
      onDiagnostic?("\(Quoting.quote(request.method)) threw \(Quoting.quote(String(describing: error), limit: 500))")
    }
    if response.code == ResponseError.Code.requestCancelled { count { $0.cancelled += 1 } }
    outbox.send(OutgoingMessage.error(response, id: request.id))
  }

  private func receive(_ notification: Notification) -> ConnectionEnd? {
    count { $0.notifications += 1 }
    guard notification.method != "$/cancelRequest" else {
      if let id = notification.params?["id"].flatMap({ RequestID($0) }) { cancel(id) }
      return nil
    }
    switch handler.receive(notification) {
    case .proceed: break
    case .exit(let code): return .exit(code)
    case .cancel(let id): cancel(id)
    }
    return nil
  }

  /// The task answers for itself: it may have its result already.
  private func cancel(_ id: RequestID) {
    shared.withLock { $0.inFlight.task(of: id) }?.cancel()
  }
}

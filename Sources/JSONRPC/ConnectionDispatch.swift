// Decides for each message who answers it, and makes sure that it is answered exactly once.

import JSON
import Platform
import Synchronization

extension Connection {
  /// Handles one message on the reader's thread. Returns a value if the connection must end.
  func handle(_ framed: FramedMessage) -> ConnectionEnd? {
    switch framed {
    case .failure(let failure):
      count { $0.framingErrors += 1 }
      onDiagnostic?("bad framing: \(failure)")
      reply(with: .parseError(failure), to: nil, at: .own)
      return nil
    case .message(let text):
      return handle(IncomingMessage(parsing: text, limits: limits.json), at: .own)
    }
  }

  private func handle(_ message: IncomingMessage, at place: ReplyPlace) -> ConnectionEnd? {
    switch message {
    case .request(let request): answer(request, at: place)
    case .notification(let notification): return receive(notification)
    case .batch(let messages): return handle(batch: messages)
    case .response(let response): take(response)
    case .invalid(let error, let id): refuse(error, id, at: place)
    }
    return nil
  }

  /// Answers the messages of a batch together, if the session supports batches.
  private func handle(batch messages: [IncomingMessage]) -> ConnectionEnd? {
    guard handler.rules.takesBatches else {
      refuse(.invalidRequest("batches are not supported: send one request a message"), nil, at: .own)
      return nil
    }
    guard messages.count <= limits.maxBatch else {
      refuse(.invalidRequest("a batch may hold \(limits.maxBatch) messages, not \(messages.count): send several"), nil, at: .own)
      return nil
    }
    let batch = BatchAnswer(count: messages.count { $0.wantsAnswer })
    var index = 0
    for message in messages {
      if let end = handle(message, at: message.wantsAnswer ? ReplyPlace(batch: batch, index: index) : .own) { return end }
      if message.wantsAnswer { index += 1 }
    }
    return nil
  }

  private func refuse(_ error: ResponseError, _ id: RequestID?, at place: ReplyPlace) {
    let isParseError = error.code == ResponseError.Code.parseError
    count { if isParseError { $0.parseErrors += 1 } else { $0.invalidRequests += 1 } }
    onDiagnostic?("bad message: \(error.message)")
    reply(with: error, to: id, at: place)
  }

  private func answer(_ request: Request, at place: ReplyPlace) {
    let isDuplicate = shared.withLock {
      $0.statistics.requests += 1
      return $0.inFlight.contains(request.id)
    }
    guard !isDuplicate else {
      reply(with: .invalidRequest("a request with this id is running; give every request its own id"), to: request.id, at: place)
      return
    }
    do {
      switch try handler.reply(to: request) {
      case .now(let result): send(OutgoingMessage.result(result, id: request.id), at: place)
      case .here(let workClass, let body): begin(request, on: workers[workClass], at: place, body)
      case .later(let workClass, let body): start(request, on: workers[workClass], at: place, body)
      }
    } catch {
      fail(request, with: error, at: place)
    }
  }

  /// Begins a request on this thread. If it finishes here, it is answered in order and is never in flight.
  private func begin(
    _ request: Request, on threads: WorkThreads, at place: ReplyPlace, _ body: @escaping @Sendable () async throws -> JSONValue
  ) {
    let begun = BegunAnswer()
    let task = BegunTask {
      let outcome: Result<JSONValue, any Error>
      do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
      // The request left this thread: it is in flight, or was refused.
      if begun.end(outcome) { self.end(request, with: outcome) }
    }
    if let outcome = begun.outcome { return answer(request, with: outcome, at: place) }
    if admit(request, at: place) {
      shared.withLock { $0.inFlight.attach({ task.cancel() }, to: request.id) }
    } else {
      task.cancel()
    }
    begun.leave()
    task.goOn(on: threads)
  }

  private func start(
    _ request: Request, on threads: WorkThreads, at place: ReplyPlace, _ body: @escaping @Sendable () async throws -> JSONValue
  ) {
    guard admit(request, at: place) else { return }
    let task = Task.detached(executorPreference: threads) {
      do { self.end(request, with: .success(try await body())) } catch { self.end(request, with: .failure(error)) }
    }
    shared.withLock { $0.inFlight.attach({ task.cancel() }, to: request.id) }
  }

  /// Returns false, and sends an error, if the maximum number of requests is running.
  private func admit(_ request: Request, at place: ReplyPlace) -> Bool {
    let isAdmitted = shared.withLock {
      if $0.inFlight.admit(request.id, at: place) { return true }
      $0.statistics.busy += 1
      return false
    }
    if !isAdmitted { reply(with: .busy(limit: limits.maxInFlight), to: request.id, at: place) }
    return isAdmitted
  }

  private func answer(_ request: Request, with outcome: Result<JSONValue, any Error>, at place: ReplyPlace) {
    switch outcome {
    case .success(let result): send(OutgoingMessage.result(result, id: request.id), at: place)
    case .failure(let error): fail(request, with: error, at: place)
    }
  }

  /// Ends a request that was in flight, with its outcome.
  private func end(_ request: Request, with outcome: Result<JSONValue, any Error>) {
    // When the connection ends, the reader answers the requests that did not finish in time.
    guard let place = shared.withLock({ $0.inFlight.finish(request.id) }) else { return }
    answer(request, with: outcome, at: place)
    let isAwaited = shared.withLock {
      $0.inFlight.replied()
      return $0.isEnding
    }
    if isAwaited { wakeup.signal() }
  }

  private func fail(_ request: Request, with error: any Error, at place: ReplyPlace) {
    let response: ResponseError
    switch error {
    case let error as ResponseError: response = error
    case is CancellationError: response = .requestCancelled()
    default:
      // The error's text goes only to the log: it may contain what the client must not see.
      response = .internalError("\(Quoting.quote(request.method)) failed inside the server; its log tells more")
      onDiagnostic?("\(Quoting.quote(request.method)) threw \(Quoting.quote(String(describing: error), limit: 500))")
    }
    if response.code == ResponseError.Code.requestCancelled { count { $0.cancelled += 1 } }
    reply(with: response, to: request.id, at: place)
  }

  private func reply(with error: ResponseError, to id: RequestID?, at place: ReplyPlace) {
    send(OutgoingMessage.error(error, id: id, omitsUnknownID: id == nil && handler.rules.omitsUnknownIDs), at: place)
  }

  /// Sends an answer, or stores it in its batch; nil if a request of a batch gets no answer.
  func send(_ body: [UInt8]?, at place: ReplyPlace) {
    guard let batch = place.batch else {
      if let body { outbox.send(body) }
      return
    }
    if let whole = batch.fill(place.index, with: body) { outbox.send(whole) }
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
    case .discard(let id): discard(id)
    }
    return nil
  }

  /// The task still sends the answer itself: it may already have its result.
  private func cancel(_ id: RequestID) {
    shared.withLock { $0.inFlight.cancellation(of: id) }?()
  }

  /// Removes the request: from here on nothing more is sent about it, neither its answer nor its notifications.
  private func discard(_ id: RequestID) {
    let entry = shared.withLock {
      let entry = $0.inFlight.remove(id)
      if entry != nil { $0.statistics.cancelled += 1 }
      return entry
    }
    guard let entry else { return }
    entry.cancel?()
    send(nil, at: entry.place)
  }
}

/// The outcome of a request that began on the reading thread, while that thread still waits for it.
private final class BegunAnswer: Sendable {
  private struct State: Sendable {
    var outcome: Result<JSONValue, any Error>?
    var isLeft = false
  }

  private let state = Mutex(State())

  var outcome: Result<JSONValue, any Error>? { state.withLock { $0.outcome } }

  /// From now on the code that produces the answer also sends it.
  func leave() { state.withLock { $0.isLeft = true } }

  /// Returns true if the reading thread no longer waits for the outcome.
  func end(_ outcome: Result<JSONValue, any Error>) -> Bool {
    state.withLock { state in
      state.outcome = outcome
      return state.isLeft
    }
  }
}

// The server under test: a store that is fed with lines, a clock that tests move, and constant surroundings.

import JSON
import Platform
import Synchronization
import Testing
import TraceDistiller
import TraceRecords

@testable import JSONRPC
@testable import TraceContextServer

/// The threads of all servers under test, shared as in one process.
let testWorkers = {
  do { return try Workers() } catch { fatalError("\(error)") }
}()

final class TestServer: Sendable {
  /// The mark of fences around texts for models.
  static let mark = "K7Q2X"
  static let pipe = "/run/user/1000/trace-distiller/default.pipe"

  let store: SharedTraceStore
  let server: TraceContextServer
  private let stream = Mutex(RecordStream())
  private let surroundings: Surroundings

  private final class Surroundings: Sendable {
    let isRealTime: Bool
    init(isRealTime: Bool) { self.isRealTime = isRealTime }
    var clock: Int64 { isRealTime ? MonotonicClock.nanos : now.withLock { $0 } }
    let now = Mutex<Int64>(0)
    let source = Mutex(SourceReport(kind: "pipe", path: TestServer.pipe, state: "reading"))
    let parents = Mutex<[Int32]>([])
    let clients = Mutex(0)
  }

  /// - Parameter isRealTime: uses the machine's clock instead of the test's.
  init(
    limits: StoreLimits = StoreLimits(), numbers: SerialNumbers = SerialNumbers(), project: ProjectCondition? = nil,
    source: SourceReport? = nil, isRealTime: Bool = false, choice: ProjectChoice? = nil, lost: String? = nil
  ) {
    let surroundings = Surroundings(isRealTime: isRealTime)
    if let source { surroundings.source.withLock { $0 = source } }
    self.surroundings = surroundings
    let store = SharedTraceStore(limits: limits, numbers: numbers)
    self.store = store
    server = TraceContextServer(
      source: StoreSource(store, choice: choice ?? ProjectChoice(project)), analyses: AnalysisCache(store), clock: { surroundings.clock },
      workers: testWorkers,
      marks: DataMarks(fixed: TestServer.mark),
      report: { ServerReport(pid: 4711, sources: [surroundings.source.withLock { $0 }], residentBytes: 25_000_000) },
      lost: lost, project: choice, onParentProcess: { parent in surroundings.parents.withLock { $0.append(parent) } },
      onClient: { surroundings.clients.withLock { $0 += 1 } })
  }

  /// The processes that the server was asked to watch.
  var parents: [Int32] { surroundings.parents.withLock { $0 } }

  /// How often the server reported a client.
  var clients: Int { surroundings.clients.withLock { $0 } }

  var now: Int64 { surroundings.clock }

  func advance(millis: Int64) { surroundings.now.withLock { $0 += millis * 1_000_000 } }

  func feed(_ lines: [String]) { for line in lines { feed(line) } }

  /// Feeds one line as it arrives through the pipe.
  func feed(_ line: String) {
    stream.withLock { stream in
      Array((line + "\n").utf8).withUnsafeBytes { bytes in stream.feed(bytes) { store.apply($0, $1, source: SourceID(0), now: now) } }
      surroundings.source.withLock {
        $0.statistics = stream.statistics
        $0.problems = stream.problems
      }
    }
  }

  /// The result of the method, or its error.
  func ask(_ method: String, _ params: JSONValue? = nil) -> Result<JSONValue, ResponseError> {
    Result { () throws(ResponseError) in try server.answer(method, params) }
  }

  /// The answer to one message as it is written; nil for a notification.
  func reply(to message: String) async -> String? {
    switch IncomingMessage(parsing: Array(message.utf8)) {
    case .request(let request): return String(decoding: await reply(to: request), as: UTF8.self)
    case .notification(let notification):
      _ = server.receive(notification)
      return nil
    case .response: return nil
    case .batch: return String(decoding: OutgoingMessage.error(.invalidRequest("one message a line"), id: nil), as: UTF8.self)
    case .invalid(let error, let id): return String(decoding: OutgoingMessage.error(error, id: id), as: UTF8.self)
    }
  }

  private func reply(to request: Request) async -> [UInt8] {
    do {
      return OutgoingMessage.result(try await server.respond(to: request), id: request.id)
    } catch let error as ResponseError {
      return OutgoingMessage.error(error, id: request.id)
    } catch {
      return OutgoingMessage.error(.internalError("\(error)"), id: request.id)
    }
  }
}

extension TraceContextServer {
  /// The answer if it is made on the reading thread; nil if it takes longer.
  func respondNow(to request: Request) throws -> JSONValue? {
    switch try reply(to: request) {
    case .now(let answer): return answer
    case .here(_, let body):
      let outcome = Outcome()
      BegunTask {
        let result: Result<JSONValue, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        outcome.result.withLock { $0 = result }
      }.cancel()
      return try outcome.result.withLock { $0 }?.get()
    case .later: return nil
    }
  }

  private final class Outcome: Sendable {
    let result = Mutex<Result<JSONValue, any Error>?>(nil)
  }

  /// The answer, made on any thread.
  func respond(to request: Request) async throws -> JSONValue {
    switch try reply(to: request) {
    case .now(let answer): answer
    case .here(_, let body), .later(_, let body): try await body()
    }
  }
}

/// Checks that the request is rejected with exactly this error.
func check(
  _ server: TestServer, _ method: String, _ params: JSONValue?, isRefusedWith code: Int, _ message: String, _ data: JSONValue? = nil,
  at location: SourceLocation = #_sourceLocation
) {
  let expected = "\(code) \(message) \(data?.serializedString ?? "without data")"
  let got =
    switch server.ask(method, params) {
    case .success(let result): "the result \(result.serializedString)"
    case .failure(let error): "\(error.code) \(error.message) \(error.data?.serializedString ?? "without data")"
    }
  #expect(
    got == expected, "\(method) \(params?.serializedString ?? "without params")\n  expected \(expected)\n  got      \(got)",
    sourceLocation: location)
}

// The server's surroundings: its process, and where records come from. Told by who reads them, shown by `server/status` and in hints.

package import TraceRecords

/// The server's surroundings as `server/status` shows them.
package struct ServerReport: Sendable {
  package var pid: Int
  package var sources: [SourceReport]
  /// Asked of the system each time: most questions need only the sources.
  package var residentBytes: Int? { measureResident() }
  private let measureResident: @Sendable () -> Int?

  package init(pid: Int, sources: [SourceReport], residentBytes: @autoclosure @escaping @Sendable () -> Int? = nil) {
    self.pid = pid
    self.sources = sources
    measureResident = residentBytes
  }

  private var pipes: [SourceReport] { sources.filter { $0.kind == "pipe" } }
  /// No record can come: every pipe has something that somebody must mend.
  var isCutOff: Bool { !pipes.isEmpty && pipes.allSatisfy { $0.state == "unavailable" } }
  var isReadingAll: Bool { pipes.allSatisfy { $0.state == "reading" } }
}

/// One source of records.
package struct SourceReport: Sendable, Equatable {
  /// `pipe`, `journal` (what producers left beside the pipe), `otlp` (OTLP over HTTP) or `file`.
  package var kind: String
  package var path: String
  /// `reading`, `owned` (another server reads it), `unavailable`, `ended`.
  package var state: String
  package var ownerPID: Int?
  package var message: String?
  package var statistics: IngestStatistics
  package var problems: [IngestProblem]
  /// What it is that held no record, and what helps.
  package var refusal: String?
  /// Bytes of a line or value whose end has not come, and since when.
  package var unfinished: Unfinished?

  /// Requests of a receiver, and those that it refused, by their kinds.
  package var requests: [Requests] = []

  package struct Requests: Sendable, Equatable {
    package var name: String
    package var count: UInt64

    package init(name: String, count: UInt64) { (self.name, self.count) = (name, count) }
  }

  package struct Unfinished: Sendable, Equatable {
    package var bytes: Int
    /// By the server's clock, in nanoseconds.
    package var since: Int64
  }

  package init(
    kind: String, path: String, state: String, ownerPID: Int? = nil, message: String? = nil,
    statistics: IngestStatistics = IngestStatistics(),
    problems: [IngestProblem] = [], refusal: String? = nil
  ) {
    self.kind = kind
    self.path = path
    self.state = state
    self.ownerPID = ownerPID
    self.message = message
    self.statistics = statistics
    self.problems = problems
    self.refusal = refusal
  }
}

package enum ServerVersion {
  package static let text = "0.1.0"
}

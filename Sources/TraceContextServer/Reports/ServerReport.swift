// The state of the server's process and of its sources of records. Provided by the readers, shown by `server/status` and in hints.

package import TraceRecords

/// The state of the server as `server/status` shows it.
package struct ServerReport: Sendable {
  package var pid: Int
  package var sources: [SourceReport]
  /// Where clients share this process.
  package var hub: HubReport?
  /// Measured at each access: most requests need only the sources.
  package var residentBytes: Int? { measureResident() }
  private let measureResident: @Sendable () -> Int?

  package init(pid: Int, sources: [SourceReport], residentBytes: @autoclosure @escaping @Sendable () -> Int? = nil) {
    self.pid = pid
    self.sources = sources
    measureResident = residentBytes
  }

  private var pipes: [SourceReport] { sources.filter { $0.kind == "pipe" } }
  /// No record can arrive: every pipe has a problem that a person must fix.
  var isCutOff: Bool { !pipes.isEmpty && pipes.allSatisfy { $0.state == "unavailable" } }
  var isReadingAll: Bool { pipes.allSatisfy { $0.state == "reading" } }
}

/// A process that several clients share, as they see it.
package struct HubReport: Sendable, Equatable {
  package var socket: String
  package var clients: Int
  package var beganUnixNano: Int64
  /// The options that it was started with and that are not as by default.
  package var options: [String]
  /// What went with the hub before this one.
  package var lost: String?

  package init(socket: String, clients: Int, beganUnixNano: Int64, options: [String], lost: String?) {
    (self.socket, self.clients, self.beganUnixNano, self.options, self.lost) = (socket, clients, beganUnixNano, options, lost)
  }
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
  /// The kind of input in which no record was recognised, and what to do.
  package var refusal: String?
  /// The size of a line or value whose end has not arrived, and since when.
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
    /// The server's clock, in nanoseconds.
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

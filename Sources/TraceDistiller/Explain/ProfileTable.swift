// Profiles of the traces of one root, kept from one question to the next: traces that are complete do not change, and to read fifty of them
// anew takes most of the time of an explanation.

import Platform
import TraceRecords

/// Profiles that share one table of steps. Made when a question needs them, so that ingestion pays nothing for them.
package struct ProfileTable: Sendable {
  private struct Entry: Sendable {
    var serial: Int
    var revision: Int
    var profile: TraceProfile
  }

  private(set) var paths = StepPaths()
  /// By last use, the least recently used first.
  private var entries: [Entry] = []
  private var places: [Int: Int] = [:]

  package init() {}

  package var count: Int { entries.count }
  package var allocatedBytes: Int { paths.allocatedBytes + entries.reduce(0) { $0 + $1.profile.allocatedBytes + 64 } }

  /// Nil if it is not kept in this state of the trace.
  func profile(of snapshot: TraceSnapshot) -> TraceProfile? {
    guard let place = places[snapshot.serial], entries[place].revision == snapshot.revision else { return nil }
    return entries[place].profile
  }

  /// Makes the profile of a trace, unless it is kept.
  /// - Complexity: O(n log n) the first time.
  package mutating func add(_ snapshot: TraceSnapshot) {
    guard profile(of: snapshot) == nil else { return }
    let trace = DistilledTrace(snapshot)
    let rows = paths.add(trace, CallKeys(trace))
    let profile = TraceProfile(trace, TimeCharge(trace), stepOfRow: rows, paths)
    let entry = Entry(serial: snapshot.serial, revision: snapshot.revision, profile: profile)
    if let place = places[snapshot.serial] {
      entries[place] = entry
    } else {
      places[snapshot.serial] = entries.count
      entries.append(entry)
    }
  }

  /// Forgets what is not among these traces. Steps that only forgotten traces had stay, so a table with many of them is begun anew.
  mutating func keep(only serials: Set<Int>, maxBytes: Int) {
    entries.removeAll { !serials.contains($0.serial) }
    places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.serial, $0) })
    var steps = 0
    for entry in entries { steps = max(steps, entry.profile.stepCount) }
    if allocatedBytes > maxBytes || paths.count > 1_000 + steps * 8 { self = ProfileTable() }
  }
}

/// The tables of the roots that were asked about last.
package final class ProfileCache: Sendable {
  static let maxTables = 8

  private struct Kept: Sendable {
    var root: [UInt8]
    var table: ProfileTable
    var bytes: Int
  }

  private let maxBytes: Int
  private let tables = PosixMutex<[Kept]>([])

  init(maxBytes: Int) { self.maxBytes = maxBytes }

  private static func key(_ service: String, _ name: String) -> [UInt8] { Array(service.utf8) + [0xFF] + Array(name.utf8) }

  /// A copy: two questions at once do not wait for each other.
  package func table(service: String, name: String) -> ProfileTable {
    let key = ProfileCache.key(service, name)
    return tables.withLock { $0.last { $0.root == key }?.table } ?? ProfileTable()
  }

  /// Keeps a table in the place of the one before, with those of other roots while they fit.
  package func keep(_ table: ProfileTable, service: String, name: String, of serials: [Int]) {
    var table = table
    table.keep(only: Set(serials), maxBytes: maxBytes)
    let kept = Kept(root: ProfileCache.key(service, name), table: table, bytes: table.allocatedBytes)
    tables.withLock { tables in
      tables.removeAll { $0.root == kept.root }
      if kept.table.count > 0 { tables.append(kept) }
      var bytes = tables.reduce(0) { $0 + $1.bytes }
      while tables.count > ProfileCache.maxTables || bytes > maxBytes, let first = tables.first {
        bytes -= first.bytes
        tables.removeFirst()
      }
    }
  }

  /// After traces were forgotten on request, nothing of them stays.
  package func clear() { tables.withLock { $0 = [] } }

  package var allocatedBytes: Int { tables.withLock { $0.reduce(0) { $0 + $1.bytes } } }
}

extension AnalysisCache {
  /// What explanations keep of like traces.
  package var profiles: ProfileCache { kept { ProfileCache(maxBytes: $0) } }
}

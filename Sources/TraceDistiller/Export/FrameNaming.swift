// The name of a span in a profile: its own name, and its service if the trace has several.

struct FrameNaming: Sendable {
  struct Key: Hashable, Sendable {
    var name: UInt32
    var service: UInt32
  }

  private let trace: DistilledTrace
  private let hasServices: Bool

  init(_ trace: DistilledTrace, rows: [Int32]) {
    self.trace = trace
    let first = rows.first.map { trace.snapshot.storage.spans[Int($0)].service }
    hasServices = rows.contains { trace.snapshot.storage.spans[Int($0)].service != first }
  }

  func key(_ row: Int) -> Key {
    let span = trace.snapshot.storage.spans[row]
    return Key(name: span.name, service: hasServices ? span.service : 0)
  }

  func name(_ row: Int) -> String { name(key(row)) }

  func name(_ key: Key) -> String {
    let name = key.name == 0 ? "(unnamed)" : trace.snapshot.storage.text(key.name)
    return key.service == 0 ? name : "\(name) (\(trace.snapshot.storage.text(key.service)))"
  }
}

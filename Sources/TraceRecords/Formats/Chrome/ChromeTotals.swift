// clang ends its profiles with totals per kind, written as calls (`Total Frontend`, with a count). They are not calls.

/// Totals by process, until they become attributes of its longest outermost call.
struct ChromeTotals: Sendable {
  private struct Total: Sendable {
    var name: [UInt8]
    var nanos: Int64
    var count: Int64?
  }

  private var totals: [ChromeLabel: [Total]] = [:]
  private(set) var count = 0
  /// Totals above this number are left out.
  private static let limit = 4_096

  var isEmpty: Bool { totals.isEmpty }

  /// Whether an event was such a total and was taken. A total begins with the profile, and has a count and an average.
  mutating func take(_ members: ChromeMembers) -> Bool {
    guard let name = members.name?.text, name.starts(with: "Total "), let arguments = members.arguments,
      arguments.member("count") != nil, arguments.member("avg ms") != nil, let duration = members.duration?.nanosOfMicros
    else { return false }
    guard count < ChromeTotals.limit else { return true }
    count += 1
    let total = Total(name: Array(name.dropFirst(6)), nanos: duration, count: arguments.member("count")?.integer)
    totals[ChromeLabel(members.process), default: []].append(total)
    return true
  }

  /// Moves the totals of a process to the attributes of a record.
  mutating func move(of process: ChromeLabel, to record: inout Record, _ batch: inout RecordBatch) {
    guard let told = totals.removeValue(forKey: process) else { return }
    count -= told.count
    if record.attributeCount == 0 { record.attributeStart = UInt32(batch.attributes.count) }
    for total in told {
      let name = String(decoding: total.name, as: UTF8.self)
      batch.add(Attribute(key: batch.add(text: "total_ms.\(name)"), value: .double(Double(total.nanos) / 1_000_000)))
      record.attributeCount += 1
      guard let count = total.count else { continue }
      batch.add(Attribute(key: batch.add(text: "total_count.\(name)"), value: .integer(count)))
      record.attributeCount += 1
    }
  }
}

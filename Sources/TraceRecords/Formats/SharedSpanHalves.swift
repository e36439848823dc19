// One call with one span id and two spans: Zipkin-style tracers (Envoy, Istio) let client and server report a call under the same id.

/// Gives the server's span of such a call an id of its own, as the Zipkin decoder does. It becomes the child of the client's span, and the
/// parent of the children that its own service reported. The order in which the two arrive makes no difference.
enum SharedSpanHalves {
  /// The suffix for the id of the server's span with that number: a message may have several consumers.
  static func suffix(_ index: Int) -> String { index == 0 ? "-server" : "-server-\(index + 1)" }

  private struct Half {
    var row: Int
    var suffix: String
  }

  /// Examines the records from `first` on: the spans of one value, each followed by its events. Their texts are in the batch itself.
  /// - Complexity: O(records).
  static func split(_ batch: inout RecordBatch, from first: Int) {
    let halves = self.halves(in: batch, from: first)
    guard !halves.isEmpty else { return }
    for (_, group) in halves {
      for half in group { move(half, in: &batch) }
    }
    for row in first..<batch.records.count {
      var record = batch.records[row]
      guard record.kind != .log, record.parent == .span, let group = halves[hash(batch, record.traceID, record.parentID)],
        !group.contains(where: { $0.row == row }),
        let half = group.first(where: { batch.bytes(batch.records[$0.row].service).elementsEqual(batch.bytes(record.service)) })
      else { continue }
      record.parentID = batch.add(text: String(decoding: batch.bytes(record.parentID), as: UTF8.self) + half.suffix)
      batch.replaceRecord(at: row, with: record)
    }
  }

  private static func halves(in batch: RecordBatch, from first: Int) -> [UInt64: [Half]] {
    var callers: [UInt64: Int] = [:]
    var callees: [(id: UInt64, row: Int)] = []
    for row in first..<batch.records.count {
      let record = batch.records[row]
      switch record.spanKind {
      case .client, .producer: callers[hash(batch, record.traceID, record.spanID)] = row
      case .server, .consumer: callees.append((hash(batch, record.traceID, record.spanID), row))
      case .internal, .unspecified: break
      }
    }
    guard !callers.isEmpty else { return [:] }
    var halves: [UInt64: [Half]] = [:]
    for (id, row) in callees {
      guard let caller = callers[id], isSame(batch, caller, row) else { continue }
      // The same span reported twice stays one.
      let known = halves[id]?.first {
        let (one, other) = (batch.records[$0.row], batch.records[row])
        return one.startNanos == other.startNanos && batch.bytes(one.service).elementsEqual(batch.bytes(other.service))
      }
      halves[id, default: []].append(Half(row: row, suffix: known?.suffix ?? suffix(halves[id]?.count ?? 0)))
    }
    return halves
  }

  private static func isSame(_ batch: RecordBatch, _ one: Int, _ other: Int) -> Bool {
    let (left, right) = (batch.records[one], batch.records[other])
    return batch.bytes(left.spanID).elementsEqual(batch.bytes(right.spanID))
      && batch.bytes(left.traceID).elementsEqual(batch.bytes(right.traceID))
  }

  private static func move(_ half: Half, in batch: inout RecordBatch) {
    var record = batch.records[half.row]
    record.parentID = record.spanID
    record.parent = .span
    record.followsFrom = false
    record.spanID = batch.add(text: String(decoding: batch.bytes(record.spanID), as: UTF8.self) + half.suffix)
    batch.replaceRecord(at: half.row, with: record)
    var row = half.row + 1
    while row < batch.records.count, batch.records[row].kind == .log {
      var event = batch.records[row]
      event.spanID = record.spanID
      batch.replaceRecord(at: row, with: event)
      row += 1
    }
  }

  private static func hash(_ batch: RecordBatch, _ trace: TextRange, _ span: TextRange) -> UInt64 {
    var hash = FieldHash()
    hash.add(batch.bytes(trace))
    hash.add(batch.bytes(span))
    return hash.value
  }
}

extension RecordBatch {
  /// A text of the batch's own.
  fileprivate func bytes(_ range: TextRange) -> ArraySlice<UInt8> { scratch[range.offset..<range.offset + Int(range.count)] }
}

extension FieldHash {
  fileprivate mutating func add(_ bytes: ArraySlice<UInt8>) { bytes.withUnsafeBytes { add($0) } }
}

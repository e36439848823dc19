// Assigns a span to its group. Text numbers differ from trace to trace, so groups have numbers of their own.

import TraceRecords

struct GroupKeys: Sendable {
  private struct Key: Hashable {
    var service: Int32
    var value: Int32
  }

  private let grouping: AggregateGrouping
  private(set) var labels = CallLabels()
  /// Names, services and values of all traces, each once, by number; compared as bytes.
  private var table = TextTable()
  private var arena = TextArena()
  /// By number, the label of a name; −1 where it was not asked for.
  private var labelNumbers: [Int32] = []
  private var keys: [Key] = []
  /// Used only for lookups: its order has no effect.
  private var places: [Key: Int] = [:]
  /// By value of a key, the latest service with which it was asked for and their group.
  private var latest: [(service: Int32, group: Int32)] = []

  init(_ grouping: AggregateGrouping) { self.grouping = grouping }

  // The trace that is read now.

  /// By its numbers of texts, ours; −1 where it was not asked for.
  private var texts: [Int32] = []
  /// By number of a name, the service of its latest span and their group; −1 where there is none.
  private var latestOfName: [(service: UInt32, group: Int32)] = []
  /// The text number of the attribute's key; 0 if no span of the trace has it.
  private var attribute: UInt32 = 0

  /// Turns to a trace: each of its texts is resolved once.
  mutating func begin(_ trace: DistilledTrace) {
    let count = trace.snapshot.storage.texts.count
    texts.refill(-1, count)
    if grouping == .operation { latestOfName.refill((0, -1), count) }
    if case .attribute(let wanted) = grouping { attribute = trace.snapshot.storage.number(ofText: Array(wanted.utf8)) ?? 0 }
  }

  /// The number of the span's group; nil if the span lacks the attribute. New groups get the next number.
  mutating func key(of row: Int, _ trace: DistilledTrace) -> Int? {
    let (name, service) = (trace.tree.name[row], trace.tree.service[row])
    var key = Key(service: -1, value: -1)
    let isOperation = grouping == .operation
    if isOperation, latestOfName[Int(name)].group >= 0, latestOfName[Int(name)].service == service {
      return Int(latestOfName[Int(name)].group)
    }
    switch grouping {
    case .operation:
      if service != 0 { key.service = text(service, trace.snapshot.storage) }
      key.value = label(of: name, trace.snapshot.storage)
    case .name: key.value = label(of: name, trace.snapshot.storage)
    case .service:
      guard service != 0 else { return nil }
      key.value = text(service, trace.snapshot.storage)
    case .target:
      let target = trace.snapshot.storage.spans[row].target
      guard target != 0 else { return nil }
      key.value = text(target, trace.snapshot.storage)
    case .run:
      guard let run = trace.snapshot.run else { return nil }
      key.value = intern(run)
    case .attribute:
      guard let value = value(of: trace.snapshot.storage.spans[row], trace.snapshot.storage) else { return nil }
      key.value = intern(value)
    }
    let number = number(of: key)
    if isOperation { latestOfName[Int(name)] = (service, Int32(number)) }
    return number
  }

  private mutating func number(of key: Key) -> Int {
    // Most names are called of one service.
    let value = Int(key.value)
    if value < latest.count, latest[value].group >= 0, latest[value].service == key.service { return Int(latest[value].group) }
    let number = places[key] ?? keys.count
    if number == keys.count {
      places[key] = number
      keys.append(key)
    }
    if value >= latest.count { latest += repeatElement((service: Int32(0), group: Int32(-1)), count: value + 1 - latest.count) }
    latest[value] = (key.service, Int32(number))
    return number
  }

  /// The group's name, and its label if the name is not decided yet.
  func title(of number: Int) -> (service: String?, name: String, label: Int32) {
    let key = keys[number]
    switch grouping {
    case .operation: return (key.service < 0 ? nil : string(key.service), "", key.value)
    case .name: return (nil, "", key.value)
    case .service, .target, .run, .attribute: return (nil, string(key.value), -1)
    }
  }

  private mutating func text(_ number: UInt32, _ storage: TraceStorage) -> Int32 {
    if texts[Int(number)] < 0 {
      texts[Int(number)] = storage.texts.reference(number).map { storage.arena.withBytes($0) { intern($0) } } ?? 0
    }
    return texts[Int(number)]
  }

  private mutating func label(of number: UInt32, _ storage: TraceStorage) -> Int32 {
    let known = Int(text(number, storage))
    if known >= labelNumbers.count { labelNumbers += repeatElement(-1, count: known + 1 - labelNumbers.count) }
    if labelNumbers[known] < 0 {
      var name = storage.text(number)
      var text = CallText()
      name.withUTF8 { text.append(name: UnsafeRawBufferPointer($0)) }
      labelNumbers[known] = labels.intern(String(decoding: text.kept, as: UTF8.self), name: name)
    }
    return labelNumbers[known]
  }

  private mutating func intern(_ text: String) -> Int32 {
    var text = text
    return text.withUTF8 { intern(UnsafeRawBufferPointer($0)) }
  }

  private mutating func intern(_ text: UnsafeRawBufferPointer) -> Int32 { Int32(table.intern(text, in: &arena)) }

  private func string(_ number: Int32) -> String { table.reference(UInt32(number)).map { arena.string($0) } ?? "" }

  private func value(of span: SpanRow, _ storage: TraceStorage) -> String? {
    guard attribute != 0 else { return nil }
    return AttributeReader(arena: storage.arena, texts: storage.texts).value(of: attribute, in: span.attributes)?.text
  }
}

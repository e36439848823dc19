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

  /// The texts of one trace, each resolved once.
  struct Reader {
    fileprivate let storage: TraceStorage
    fileprivate var texts: [Int32]
    /// By number of a name, the service of its latest span and their group; −1 where there is none.
    fileprivate var latest: [(service: UInt32, group: Int32)]
    fileprivate let run: String?
    /// The text number of the attribute's key; 0 if no span of the trace has it.
    fileprivate var attribute: UInt32 = 0
  }

  func reader(of trace: DistilledTrace) -> Reader {
    let storage = trace.snapshot.storage
    var reader = Reader(
      storage: storage, texts: Array(repeating: -1, count: storage.texts.count),
      latest: Array(repeating: (0, -1), count: storage.texts.count), run: trace.snapshot.run)
    if case .attribute(var wanted) = grouping {
      wanted.withUTF8 { bytes in
        let wanted = UnsafeRawBufferPointer(bytes)
        for number in 1..<max(1, UInt32(storage.texts.count)) where storage.arena.equals(storage.texts.reference(number)!, wanted) {
          reader.attribute = number
        }
      }
    }
    return reader
  }

  /// The number of the span's group; nil if the span lacks the attribute. New groups get the next number.
  mutating func key(of row: Int, _ reader: inout Reader) -> Int? {
    let span = reader.storage.spans[row]
    var key = Key(service: -1, value: -1)
    let isOperation = grouping == .operation
    if isOperation, reader.latest[Int(span.name)].group >= 0, reader.latest[Int(span.name)].service == span.service {
      return Int(reader.latest[Int(span.name)].group)
    }
    switch grouping {
    case .operation:
      if span.service != 0 { key.service = text(span.service, &reader) }
      key.value = name(span.name, &reader)
    case .name: key.value = name(span.name, &reader)
    case .service:
      guard span.service != 0 else { return nil }
      key.value = text(span.service, &reader)
    case .target:
      guard span.target != 0 else { return nil }
      key.value = text(span.target, &reader)
    case .run:
      guard let run = reader.run else { return nil }
      key.value = intern(run)
    case .attribute:
      guard let value = attribute(of: span, reader) else { return nil }
      key.value = intern(value)
    }
    let number = number(of: key)
    if isOperation { reader.latest[Int(span.name)] = (span.service, Int32(number)) }
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

  private mutating func text(_ number: UInt32, _ reader: inout Reader) -> Int32 {
    if reader.texts[Int(number)] < 0 {
      reader.texts[Int(number)] = reader.storage.texts.reference(number).map { reader.storage.arena.withBytes($0) { intern($0) } } ?? 0
    }
    return reader.texts[Int(number)]
  }

  /// The label of a name.
  private mutating func name(_ number: UInt32, _ reader: inout Reader) -> Int32 {
    let known = Int(text(number, &reader))
    if known >= labelNumbers.count { labelNumbers += repeatElement(-1, count: known + 1 - labelNumbers.count) }
    if labelNumbers[known] < 0 {
      var name = reader.storage.text(number)
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

  private func attribute(of span: SpanRow, _ reader: Reader) -> String? {
    guard reader.attribute != 0 else { return nil }
    return AttributeReader(arena: reader.storage.arena, texts: reader.storage.texts).value(of: reader.attribute, in: span.attributes)?.text
  }
}

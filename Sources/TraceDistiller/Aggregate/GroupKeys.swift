// From a span to the group that it is counted in, over traces that each have text numbers of their own.

import TraceRecords

struct GroupKeys: Sendable {
  private struct Key: Hashable {
    var service: Int32
    var value: Int32
  }

  private let grouping: AggregateGrouping
  private(set) var labels = CallLabels()
  /// Services and values, each once; compared as bytes.
  private var texts: [String] = []
  private var textPlaces: [ArraySlice<UInt8>: Int32] = [:]
  private var keys: [Key] = []
  /// Looked up only; its order never shows.
  private var places: [Key: Int] = [:]

  init(_ grouping: AggregateGrouping) { self.grouping = grouping }

  /// What is known of one trace's texts: each is looked at once.
  struct Reader {
    fileprivate let storage: TraceStorage
    fileprivate var texts: [Int32]
    fileprivate var names: [Int32]
    fileprivate let run: String?
    /// The number of the attribute's key; 0 where no span of the trace has it.
    fileprivate var attribute: UInt32 = 0
  }

  func reader(of trace: DistilledTrace) -> Reader {
    let storage = trace.snapshot.storage
    var reader = Reader(
      storage: storage, texts: Array(repeating: -1, count: storage.texts.count), names: Array(repeating: -1, count: storage.texts.count),
      run: trace.snapshot.run)
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

  /// The number of the span's group; nil where it lacks what is grouped by. New groups get the next number.
  mutating func key(of row: Int, _ reader: inout Reader) -> Int? {
    let span = reader.storage.spans[row]
    var key = Key(service: -1, value: -1)
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
    if let known = places[key] { return known }
    places[key] = keys.count
    keys.append(key)
    return keys.count - 1
  }

  /// What the group is called, and its label where that is still to be chosen.
  func title(of number: Int) -> (service: String?, name: String, label: Int32) {
    let key = keys[number]
    switch grouping {
    case .operation: return (key.service < 0 ? nil : texts[Int(key.service)], "", key.value)
    case .name: return (nil, "", key.value)
    case .service, .target, .run, .attribute: return (nil, texts[Int(key.value)], -1)
    }
  }

  private mutating func text(_ number: UInt32, _ reader: inout Reader) -> Int32 {
    if reader.texts[Int(number)] < 0 { reader.texts[Int(number)] = intern(reader.storage.text(number)) }
    return reader.texts[Int(number)]
  }

  private mutating func name(_ number: UInt32, _ reader: inout Reader) -> Int32 {
    if reader.names[Int(number)] < 0 {
      var name = reader.storage.text(number)
      var text = CallText()
      name.withUTF8 { text.append(name: UnsafeRawBufferPointer($0)) }
      reader.names[Int(number)] = labels.intern(String(decoding: text.kept, as: UTF8.self), name: name)
    }
    return reader.names[Int(number)]
  }

  private mutating func intern(_ text: String) -> Int32 {
    let bytes = ArraySlice(text.utf8)
    if let place = textPlaces[bytes] { return place }
    let place = Int32(texts.count)
    textPlaces[bytes] = place
    texts.append(text)
    return place
  }

  private func attribute(of span: SpanRow, _ reader: Reader) -> String? {
    guard reader.attribute != 0 else { return nil }
    return AttributeReader(arena: reader.storage.arena, texts: reader.storage.texts).value(of: reader.attribute, in: span.attributes)?.text
  }
}

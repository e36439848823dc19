// Names of calls across traces: the label of their call key, or the name itself if all of them have the same.

/// Labels of call keys, each stored once and referenced by number.
///
/// Two kinds of call whose labels differ only after `CallKeys.maxLabelBytes` are one kind here: across traces only the label is known.
struct CallLabels: Sendable {
  private struct Entry {
    var label: String
    /// The name of the first span; nil once another span with the same label has a different name.
    var name: String?
    /// The calling service, and the called one if it is another service.
    var service = ""
    var callee = ""
  }

  private var entries: [Entry] = []
  /// By bytes: é in two Unicode forms is two labels.
  private var places: [[UInt8]: Int32] = [:]

  var count: Int { entries.count }

  /// The number of a label. - Parameter name: The name of the span itself.
  mutating func intern(_ label: String, name: String, service: String = "", callee: String = "", calleeLabel: String = "") -> Int32 {
    var bytes = Array(label.utf8)
    // 0xFF does not occur in UTF-8, so no name can contain the separator.
    for part in [service, callee, calleeLabel] where !service.isEmpty || !callee.isEmpty { bytes += [0xFF] + Array(part.utf8) }
    if let place = places[bytes] {
      if let known = entries[Int(place)].name, !known.utf8.elementsEqual(name.utf8) { entries[Int(place)].name = nil }
      return place
    }
    let place = Int32(entries.count)
    places[bytes] = place
    entries.append(Entry(label: label, name: name, service: service, callee: callee))
    return place
  }

  /// Another span with that label has a different name.
  mutating func markMixed(_ number: Int32) { entries[Int(number)].name = nil }

  /// Adds all labels of another table: the numbers that they have here.
  mutating func add(_ other: CallLabels) -> [Int32] {
    var numbers = [Int32](repeating: -1, count: other.entries.count)
    for (bytes, number) in other.places {
      let entry = other.entries[Int(number)]
      if let place = places[bytes] {
        numbers[Int(number)] = place
        if let known = entries[Int(place)].name, entry.name.map({ !$0.utf8.elementsEqual(known.utf8) }) ?? true {
          entries[Int(place)].name = nil
        }
      } else {
        numbers[Int(number)] = Int32(entries.count)
        places[bytes] = Int32(entries.count)
        entries.append(entry)
      }
    }
    return numbers
  }

  /// The label itself, which does not depend on what else was seen.
  func label(_ number: Int32) -> String { entries[Int(number)].label }
  func service(_ number: Int32) -> String { entries[Int(number)].service }
  func callee(_ number: Int32) -> String { entries[Int(number)].callee }

  /// The text to show: the name itself, if all spans have it and no attribute was added.
  func shown(_ number: Int32) -> String {
    let entry = entries[Int(number)]
    guard var name = entry.name else { return entry.label }
    var text = CallText()
    name.withUTF8 { text.append(name: UnsafeRawBufferPointer($0)) }
    return text.kept.elementsEqual(entry.label.utf8) ? name : entry.label
  }

  /// The same in a sentence: `SELECT` and `SELECT * FROM items` say it once, since the statement says what the name says.
  func told(_ number: Int32) -> String {
    let entry = entries[Int(number)]
    let shown = shown(number)
    guard var name = entry.name, !shown.utf8.elementsEqual(name.utf8) else { return shown }
    var text = CallText()
    name.withUTF8 { text.append(name: UnsafeRawBufferPointer($0)) }
    let (own, whole) = (text.kept, Array(shown.utf8))
    guard whole.count > own.count + 1, whole.starts(with: own), whole[own.count] == UInt8(ascii: " ") else { return shown }
    let detail = String(decoding: whole[(own.count + 1)...], as: UTF8.self)
    func verb(_ text: String) -> String { text.prefix { $0 != " " }.lowercased() }
    return verb(detail) == verb(name) ? detail : shown
  }
}

/// The numbers of labels for the spans of one trace.
struct TraceLabels {
  private let keys: CallKeys
  private let storage: TraceStorage
  private var served: [Call: (label: Int32, name: UInt32)] = [:]

  /// Calls of one kind by one service, to one kind of call of another service.
  private struct Call: Hashable {
    var key: Int32
    var service: UInt32
    /// Of the answering span; −1 and 0 if there is none.
    var calleeKey: Int32
    var callee: UInt32
  }
  private var labels: [Int32]
  private var names: [UInt32]

  init(_ trace: DistilledTrace) {
    keys = CallKeys(trace)
    storage = trace.snapshot.storage
    labels = Array(repeating: -1, count: keys.count)
    names = Array(repeating: 0, count: keys.count)
  }

  /// Distinguishes calls by caller and callee: `HTTP GET` to three services are three kinds.
  mutating func label(of row: Int, in tree: CallTree, _ table: inout CallLabels) -> Int32 {
    let callee = tree.foreignCallee(of: row, storage)
    let call = Call(
      key: keys[row], service: tree.service[row], calleeKey: callee.map { keys[$0] } ?? -1, callee: callee.map { tree.service[$0] } ?? 0)
    let name = storage.spans[row].name
    if let known = served[call] {
      if known.name != name { table.markMixed(known.label) }
      return known.label
    }
    let label = table.intern(
      keys.label(call.key), name: storage.text(name), service: storage.text(call.service),
      callee: callee == nil ? "" : storage.text(call.callee), calleeLabel: callee.map { keys.label(keys[$0]) } ?? "")
    served[call] = (label, name)
    return label
  }

  /// The only place that decides which calls are of the same kind.
  mutating func label(of row: Int, in table: inout CallLabels) -> Int32 {
    let key = Int(keys[row])
    let name = storage.spans[row].name
    if labels[key] < 0 {
      labels[key] = table.intern(keys.label(Int32(key)), name: storage.text(name))
      names[key] = name
    } else if names[key] != name {
      table.markMixed(labels[key])
    }
    return labels[key]
  }
}

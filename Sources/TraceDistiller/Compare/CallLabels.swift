// What calls are called, across traces: the label of their call key, and the name itself where all of them have the same.

/// Labels of call keys, each once, called by number.
///
/// Two kinds of call whose labels differ only beyond `CallKeys.maxLabelBytes` are one here: across traces only the label is known.
struct CallLabels: Sendable {
  private struct Entry {
    var label: String
    /// The name of the first span; nil once another span of the same label is named differently.
    var name: String?
  }

  private var entries: [Entry] = []
  /// By bytes: é in two forms are two labels.
  private var places: [[UInt8]: Int32] = [:]

  var count: Int { entries.count }

  /// The number of a label. - Parameter name: What the span itself is called.
  mutating func intern(_ label: String, name: String) -> Int32 {
    let bytes = Array(label.utf8)
    if let place = places[bytes] {
      if let known = entries[Int(place)].name, !known.utf8.elementsEqual(name.utf8) { entries[Int(place)].name = nil }
      return place
    }
    let place = Int32(entries.count)
    places[bytes] = place
    entries.append(Entry(label: label, name: name))
    return place
  }

  /// Another span of that label is called otherwise.
  mutating func markMixed(_ number: Int32) { entries[Int(number)].name = nil }

  /// What to show: the name as it is, where it stands for all and no attribute had to join it.
  func shown(_ number: Int32) -> String {
    let entry = entries[Int(number)]
    guard var name = entry.name else { return entry.label }
    var text = CallText()
    name.withUTF8 { text.append(name: UnsafeRawBufferPointer($0)) }
    return text.kept.elementsEqual(entry.label.utf8) ? name : entry.label
  }
}

/// Numbers of labels for the spans of one trace.
struct TraceLabels {
  private let keys: CallKeys
  private let storage: TraceStorage
  private var labels: [Int32]
  private var names: [UInt32]

  init(_ trace: DistilledTrace) {
    keys = CallKeys(trace)
    storage = trace.snapshot.storage
    labels = Array(repeating: -1, count: keys.count)
    names = Array(repeating: 0, count: keys.count)
  }

  /// The one place where it is decided which calls are alike.
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

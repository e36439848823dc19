// Decides which calls are of one kind: same name, and if the name is generic (`GET`, `SELECT`, `query`), the same distinguishing attribute.
// Numbers and ids are removed first.

import Platform

/// The number of each span's kind of call, and a label for each number.
///
/// Numbers follow the order of rows, which is the order of records. They distinguish calls and must not be used for sorting.
/// - Complexity: O(spans + bytes of names and distinguishing attributes) time. No text is created per span.
package struct CallKeys: Sendable {
  /// The longest label. Text beyond it still distinguishes calls, through its hash.
  package static let maxLabelBytes = 200
  private var keys: [Int32]
  private var table = CallKeyTable()

  package init(_ trace: DistilledTrace) {
    let storage = trace.snapshot.storage
    keys = [Int32](repeating: -1, count: storage.spans.count)
    var maker = CallKeyMaker(storage)
    var table = CallKeyTable()
    for row in 0..<keys.count { keys[row] = maker.key(of: storage.spans[row], storage, &table) }
    self.table = table
  }

  /// The key of a span. Spans with the same key are calls of the same kind.
  package subscript(row: Int) -> Int32 { keys[row] }
  /// The number of different keys, which are `0..<count`.
  package var count: Int { table.count }
  /// The approximate size in bytes.
  var allocatedBytes: Int { keys.count * 4 + table.allocatedBytes }
  /// `SELECT SELECT name FROM items WHERE order_id = ?`. Text from records: show it through `FieldText`.
  package func label(_ key: Int32) -> String { table.label(Int(key)) }

  /// What was added to the name: a statement, a URL, a word, or nothing.
  func detailKind(_ key: Int32) -> DistinguishingAttribute.Kind? { table.detail(Int(key)).kind }

  /// The label without the span's name, if an attribute was added to it.
  func detail(_ key: Int32) -> String? {
    let (kind, length) = table.detail(Int(key))
    guard kind != nil else { return nil }
    let text = String(decoding: Array(table.label(Int(key)).utf8.dropFirst(length)), as: UTF8.self)
    return text.isEmpty ? nil : text
  }
}

/// Attributes that distinguish calls with the same name, the most informative first. New and old names of OpenTelemetry's conventions are
/// both listed.
enum DistinguishingAttribute {
  enum Kind: Sendable {
    /// Added to every name: one name often stands for a whole database.
    case statement
    case url
    case word
  }

  static let all: [(name: StaticString, kind: Kind)] = [
    ("db.query.text", .statement), ("db.statement", .statement), ("sql.query", .statement), ("cassandra.query", .statement),
    ("db.query.summary", .word), ("db.operation.name", .word), ("db.operation", .word),
    ("http.route", .url), ("url.template", .url), ("url.path", .url), ("http.target", .url), ("http.path", .url),
    ("url.full", .url), ("http.url", .url), ("url", .url),
    ("rpc.method", .word), ("messaging.destination.name", .word), ("messaging.destination", .word), ("graphql.operation.name", .word),
    ("gen_ai.tool.name", .word), ("faas.invoked_name", .word), ("db.collection.name", .word), ("db.sql.table", .word),
    ("file.path", .url), ("file", .url), ("path", .url), ("code.function.name", .word), ("code.function", .word),
  ]
}

/// Keys with their labels, each stored once.
private struct CallKeyTable: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var restHashes: [UInt64] = []
  private var details: [(kind: DistinguishingAttribute.Kind?, nameLength: Int)] = []
  private var index = HashIndex()

  var count: Int { ends.count }
  var allocatedBytes: Int { bytes.count + ends.count * 48 + index.allocatedBytes }

  func label(_ key: Int) -> String { String(decoding: bytes[range(key)], as: UTF8.self) }

  func detail(_ key: Int) -> (kind: DistinguishingAttribute.Kind?, nameLength: Int) { details[key] }

  mutating func intern(_ text: CallText, detail: DistinguishingAttribute.Kind? = nil, nameLength: Int = 0) -> Int32 {
    let hash = text.kept.withUnsafeBytes { TextHash.hash($0) } ^ UInt32(truncatingIfNeeded: text.restHash)
    // `GET /x` as a name and `GET` with the route `/x` are two kinds: the call of the client and that of the server.
    let known = index.find(hash) {
      restHashes[$0] == text.restHash && details[$0].kind == detail && details[$0].nameLength == nameLength
        && bytes[range($0)].elementsEqual(text.kept)
    }
    if let key = known {
      return Int32(key)
    }
    bytes += text.kept
    ends.append(bytes.count)
    restHashes.append(text.restHash)
    details.append((detail, nameLength))
    index.insert(hash, row: ends.count - 1)
    return Int32(ends.count - 1)
  }

  private func range(_ key: Int) -> Range<Int> { (key == 0 ? 0 : ends[key - 1])..<ends[key] }
}

/// Creates keys row by row. It remembers previous inputs, because programs use the same few names and statements again and again.
private struct CallKeyMaker {
  private struct Name {
    var isGeneric: Bool
    /// The key of spans with that name and no added attribute.
    var bareKey: Int32 = -1
  }

  private let distinguishing: DistinguishingKeys
  private var names: [Name?]
  private var seen = SeenCalls()

  init(_ storage: TraceStorage) {
    distinguishing = DistinguishingKeys(storage)
    names = Array(repeating: nil, count: storage.texts.count)
  }

  mutating func key(of span: SpanRow, _ storage: TraceStorage, _ table: inout CallKeyTable) -> Int32 {
    let number = Int(span.name)
    let isGeneric: Bool
    if let name = names[number] {
      isGeneric = name.isGeneric
    } else {
      isGeneric = CallKeyMaker.withText(span.name, storage) { GenericName.matches($0) }
      names[number] = Name(isGeneric: isGeneric)
    }
    if let found = distinguishing.value(of: span.attributes, storage.arena, nameIsGeneric: isGeneric) {
      let block = TextReference(rawValue: found.block)
      // A closure that captured the storage would copy it for every span.
      let (hash, known) = storage.arena.withBytes(block) { bytes in
        seen.key(span.name, found.attribute, UnsafeRawBufferPointer(rebasing: bytes[found.range]))
      }
      if let known { return known }
      return storage.arena.withBytes(block) { bytes in
        newKey(span.name, found.attribute, UnsafeRawBufferPointer(rebasing: bytes[found.range]), hash, storage, &table)
      }
    }
    if let known = names[number]?.bareKey, known >= 0 { return known }
    var text = CallText()
    CallKeyMaker.withText(span.name, storage) { text.append(name: $0) }
    let made = table.intern(text)
    names[number]?.bareKey = made
    return made
  }

  private mutating func newKey(
    _ name: UInt32, _ attribute: Int, _ value: UnsafeRawBufferPointer, _ hash: UInt32, _ storage: TraceStorage, _ table: inout CallKeyTable
  ) -> Int32 {
    var text = CallText()
    CallKeyMaker.withText(name, storage) { text.append(name: $0) }
    text.appendSpace()
    let nameLength = text.kept.count
    let kind = DistinguishingAttribute.all[attribute].kind
    switch kind {
    case .statement: text.append(statement: value)
    case .url: text.append(url: value)
    case .word: text.append(name: value)
    }
    let made = table.intern(text, detail: kind, nameLength: nameLength)
    seen.add(hash, name, attribute, value, key: made)
    return made
  }

  private static func withText<Result>(_ number: UInt32, _ storage: TraceStorage, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    guard let reference = storage.texts.reference(number) else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    return storage.arena.withBytes(reference, body)
  }
}

/// The distinguishing attributes that a trace uses.
private struct DistinguishingKeys {
  /// By text number: the index in `DistinguishingAttribute.all`, or -1.
  private let places: [Int8]
  private let hasDistinguishing: Bool
  /// Statements distinguish calls whatever the name is.
  private let hasStatement: Bool
  private let isStatement = DistinguishingAttribute.all.map { $0.kind == .statement }

  init(_ storage: TraceStorage) {
    var places = [Int8](repeating: -1, count: storage.texts.count)
    for number in 1..<max(1, places.count) {
      guard let reference = storage.texts.reference(UInt32(number)) else { continue }
      storage.arena.withBytes(reference) { text in
        for (place, attribute) in DistinguishingAttribute.all.enumerated() where attribute.name.utf8CodeUnitCount == text.count {
          let name = UnsafeRawBufferPointer(start: attribute.name.utf8Start, count: text.count)
          if name.elementsEqual(text) { places[number] = Int8(place) }
        }
      }
    }
    self.places = places
    hasDistinguishing = places.contains { $0 >= 0 }
    hasStatement = places.contains { $0 >= 0 && DistinguishingAttribute.all[Int($0)].kind == .statement }
  }

  /// The most informative text attribute: its block, and its range in the block. The latest value of a key wins.
  func value(
    of attributes: UInt32, _ arena: TextArena, nameIsGeneric: Bool
  ) -> (attribute: Int, block: UInt32, range: Range<Int>)? {
    guard nameIsGeneric ? hasDistinguishing : hasStatement else { return nil }
    var best: (attribute: Int, block: UInt32, range: Range<Int>)?
    var next = attributes
    while next != SpanRow.none {
      let block = next
      let found = arena.withBlock(block) { cursor in within(&cursor, nameIsGeneric: nameIsGeneric) }
      if found.attribute >= 0, best == nil || found.attribute < best!.attribute { best = (found.attribute, block, found.range) }
      next = found.previous
    }
    return best
  }

  @inline(__always)
  private func within(_ cursor: inout AttributeCursor, nameIsGeneric: Bool) -> (attribute: Int, range: Range<Int>, previous: UInt32) {
    var found = (attribute: -1, range: 0..<0)
    while cursor.next() {
      let attribute = Int(places[Int(cursor.key)])
      guard attribute >= 0, cursor.tag == .string, !cursor.range.isEmpty, nameIsGeneric || isStatement[attribute] else { continue }
      // In a block later values win; later blocks are read first.
      if found.attribute < 0 || attribute <= found.attribute { found = (attribute, cursor.range) }
    }
    return (found.attribute, found.range, cursor.previous)
  }
}

/// Maps a name and the exact bytes of an attribute to their key.
private struct SeenCalls {
  private struct Call {
    var name: UInt32
    var attribute: Int32
    var key: Int32
    var text: Range<Int>
  }

  /// Statements that contain their values are all different: remembering more of them would cost more than parsing them again.
  private static let most = 4_096
  private var calls: [Call] = []
  private var bytes: [UInt8] = []
  private var index = HashIndex()

  func key(_ name: UInt32, _ attribute: Int, _ value: UnsafeRawBufferPointer) -> (hash: UInt32, key: Int32?) {
    let hash = TextHash.hash(value) &+ name &* 31 &+ UInt32(attribute)
    let known = index.find(hash) { number in
      let call = calls[number]
      return call.name == name && Int(call.attribute) == attribute && isSame(call.text, value)
    }
    return (hash, known.map { calls[$0].key })
  }

  mutating func add(_ hash: UInt32, _ name: UInt32, _ attribute: Int, _ value: UnsafeRawBufferPointer, key: Int32) {
    guard calls.count < SeenCalls.most, value.count <= 1_024 else { return }
    index.insert(hash, row: calls.count)
    calls.append(Call(name: name, attribute: Int32(attribute), key: key, text: bytes.count..<bytes.count + value.count))
    bytes.append(contentsOf: value)
  }

  private func isSame(_ range: Range<Int>, _ value: UnsafeRawBufferPointer) -> Bool {
    guard range.count == value.count else { return false }
    return bytes.withUnsafeBytes { all in
      value.isEmpty || memcmp(all.baseAddress! + range.lowerBound, value.baseAddress!, value.count) == 0
    }
  }
}

/// Names that an instrumentation gives to all its calls.
enum GenericName {
  private static let words: Set<String> = [
    "get", "post", "put", "delete", "patch", "head", "options", "http", "https", "grpc", "rpc", "request", "req", "call", "client",
    "server",
    "select", "insert", "update", "upsert", "create", "drop", "alter", "begin", "commit", "query", "exec", "execute", "prepare",
    "statement",
    "stmt", "sql", "db", "database", "mysql", "postgres", "postgresql", "pg", "sqlite", "redis", "mongodb", "mongo", "cassandra", "bound",
    "batch", "conn", "connection", "rows", "send", "receive", "recv", "publish", "process", "consume", "produce", "fetch", "invoke", "run",
    "read", "write", "open", "load", "file", "fs", "graphql", "mutation", "tool", "egress", "ingress", "handle", "find", "aggregate",
  ]

  /// Whether every word of a name is generic.
  static func matches(_ name: UnsafeRawBufferPointer) -> Bool {
    guard !name.isEmpty, name.count <= 40 else { return name.isEmpty }
    var word = ""
    for byte in name {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): word.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.unicodeScalars.append(Unicode.Scalar(byte | 0x20))
      case UInt8(ascii: " "), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"):
        if !word.isEmpty, !words.contains(word) { return false }
        word = ""
      // A digit, a path or another script: the name is specific.
      default: return false
      }
    }
    return word.isEmpty || words.contains(word)
  }
}

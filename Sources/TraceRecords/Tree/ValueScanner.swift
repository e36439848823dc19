// Parses the usual JSON texts to a tree of rows, without an allocation per value. What it does not accept, for any reason, is left to
// jansson.

import Platform

/// One value of a scanned tree. Its parts follow it: elements, or names and values alternately.
struct ScannedNode: BitwiseCopyable, Sendable {
  var kind: ValueNode.Kind
  /// The number of bytes of a string or of a real's digits, of elements, or of members.
  var count: UInt32 = 0
  /// The number of rows for the value and its parts.
  var extent: UInt32 = 1
  /// An integer, or the address of the bytes of a string or of a real.
  var bits: UInt64 = 0

  @inline(__always)
  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: UInt(truncatingIfNeeded: bits)), count: Int(count))
  }

  /// A real's value. Its digits are stored instead, because times need all of them; they were already checked, so they are well-formed.
  var real: Double {
    guard let start = bytes.baseAddress else { return .nan }
    var cursor = LineCursor(line: start)
    var value = ScannedValue(.null, start: 0, count: 0)
    return cursor.passNumber(&value) ? value.real : .nan
  }
}

/// Reads one text after the other, in memory that is reused. A value: a copy has memory of its own.
struct ValueScanner: Sendable {
  /// Longer texts are left to jansson: this memory must not grow with them.
  static let maxBytes = 4 << 20
  static let maxDepth = 64
  /// Memory above this is released after the text that needed it.
  private static let keptBytes = 1 << 20

  private var text: [UInt8] = []
  private var nodes: [ScannedNode] = []

  /// Whether the latest text was rejected because an object contains a name twice.
  private(set) var foundTwins = false

  /// Passes the tree of a text to the body. Returns nil, without calling it, if jansson would not read the text unchanged, or if the text
  /// is long, deep, or contains a name twice in an object.
  /// - Parameter keepsTwins: passes a tree with both members instead: a lookup by name finds the first, and a visit both.
  /// - Complexity: O(bytes).
  mutating func read<Result>(_ value: UnsafeRawBufferPointer, keepsTwins: Bool = false, _ body: (ValueNode) -> Result) -> Result? {
    foundTwins = false
    guard !value.isEmpty, value.count <= ValueScanner.maxBytes else { return nil }
    defer { giveBack() }
    let size = value.count + 1 + LineCursor.padding
    if text.count < size { text = [UInt8](repeating: 0, count: size) }
    if nodes.isEmpty { nodes = [ScannedNode](repeating: ScannedNode(kind: .null), count: 1_024) }
    while true {
      let outcome = text.withUnsafeMutableBytes { text in
        // A copy, because escapes are decoded in place, and a sentinel is needed after it.
        text.copyMemory(from: value)
        memset(text.baseAddress! + value.count, 0, 1 + LineCursor.padding)
        return nodes.withUnsafeMutableBufferPointer { nodes -> (outcome: TreeScan.Outcome, result: Result?) in
          var scan = TreeScan(text: text, count: value.count, nodes: nodes, keepsTwins: keepsTwins)
          let outcome = scan.run()
          return (outcome, outcome == .whole ? body(ValueNode(UnsafePointer(nodes.baseAddress!))) : nil)
        }
      }
      foundTwins = outcome.outcome == .twins
      guard outcome.outcome == .full else { return outcome.result }
      nodes = [ScannedNode](repeating: ScannedNode(kind: .null), count: nodes.count * 4)
    }
  }

  private mutating func giveBack() {
    if text.count > ValueScanner.keptBytes { text = [] }
    if nodes.count * MemoryLayout<ScannedNode>.stride > 2 * ValueScanner.keptBytes { nodes = [] }
  }
}

/// One pass over a text.
private struct TreeScan {
  enum Outcome { case whole, full, refused, twins }

  private let text: UnsafeMutableRawBufferPointer
  private let end: Int
  private let nodes: UnsafeMutableBufferPointer<ScannedNode>
  private let keepsTwins: Bool
  private var count = 0
  private var cursor: LineCursor

  /// - Parameters:
  ///   - text: the text, a NUL as its sentinel, and the padding of `LineCursor`.
  ///   - count: of the text alone.
  init(text: UnsafeMutableRawBufferPointer, count: Int, nodes: UnsafeMutableBufferPointer<ScannedNode>, keepsTwins: Bool) {
    self.text = text
    end = count
    self.nodes = nodes
    self.keepsTwins = keepsTwins
    cursor = LineCursor(line: UnsafeRawPointer(text.baseAddress!))
  }

  mutating func run() -> Outcome {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: ValueScanner.maxDepth) { stack in
      var depth = 0
      while true {
        cursor.passWhitespace()
        // Room for a value, and for the name before the next one.
        guard count + 2 <= nodes.count else { return .full }
        let isObject = cursor.byte == UInt8(ascii: "{")
        if isObject || cursor.byte == UInt8(ascii: "[") {
          guard depth < stack.count else { return .refused }
          _ = cursor.pass(cursor.byte)
          stack[depth] = count
          depth += 1
          add(ScannedNode(kind: isObject ? .object : .array))
          cursor.passWhitespace()
          if !cursor.pass(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            if isObject, !addName() { return .refused }
            continue
          }
          depth -= 1
        } else if !addScalar() {
          return .refused
        }
        switch close(stack, &depth) {
        case .next: continue
        case .end:
          cursor.passWhitespace()
          return cursor.offset == end ? .whole : .refused
        case .refused: return .refused
        case .twins: return .twins
        }
      }
    }
  }

  private enum Following { case next, end, refused, twins }

  /// What follows a value: the next value, or the ends of the containers in which it is the last one.
  private mutating func close(_ stack: UnsafeMutableBufferPointer<Int>, _ depth: inout Int) -> Following {
    while depth > 0 {
      let container = stack[depth - 1]
      nodes[container].count += 1
      let isObject = nodes[container].kind == .object
      cursor.passWhitespace()
      if cursor.pass(UInt8(ascii: ",")) {
        guard isObject else { return .next }
        cursor.passWhitespace()
        return addName() ? .next : .refused
      }
      guard cursor.pass(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return .refused }
      nodes[container].extent = UInt32(truncatingIfNeeded: count - container)
      if isObject, !keepsTwins, hasTwins(container) { return .twins }
      depth -= 1
    }
    return .end
  }

  @inline(__always)
  private mutating func add(_ node: ScannedNode) {
    nodes[count] = node
    count += 1
  }

  /// A member's name and its colon. A name with escapes may contain NUL, which must be repaired.
  @inline(__always)
  private mutating func addName() -> Bool {
    guard cursor.byte == UInt8(ascii: "\""), addString(isName: true) else { return false }
    cursor.passWhitespace()
    return cursor.pass(UInt8(ascii: ":"))
  }

  @inline(__always)
  private mutating func addString(isName: Bool) -> Bool {
    _ = cursor.pass(UInt8(ascii: "\""))
    var found = ScannedText.empty
    var isEscaped = false
    guard cursor.passString(&found, isEscaped: &isEscaped) else { return false }
    if isEscaped {
      guard !isName else { return false }
      found = unescape(found)
    }
    let address = UInt(bitPattern: text.baseAddress!) + UInt(found.start)
    add(ScannedNode(kind: .string, count: found.count, bits: UInt64(address)))
    return true
  }

  /// Decoded text is never longer than its escapes.
  @inline(never)
  private func unescape(_ found: ScannedText) -> ScannedText {
    var plain: [UInt8] = []
    plain.reserveCapacity(Int(found.count))
    ScannedEscapes.append(cursor.bytes(found), to: &plain)
    text[Int(found.start)...].copyBytes(from: plain)
    return ScannedText(start: Int(found.start), count: plain.count)
  }

  @inline(__always)
  private mutating func addScalar() -> Bool {
    switch cursor.byte {
    case UInt8(ascii: "\""): return addString(isName: false)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      var value = ScannedValue(.null, start: 0, count: 0)
      guard cursor.passNumber(&value) else { return false }
      guard value.kind == .real else {
        add(ScannedNode(kind: .integer, bits: UInt64(bitPattern: value.integer)))
        return true
      }
      let digits = UInt64(UInt(bitPattern: text.baseAddress! + Int(value.text.start)))
      add(ScannedNode(kind: .real, count: value.text.count, bits: digits))
      return true
    case UInt8(ascii: "t"): return addWord("true", .isTrue)
    case UInt8(ascii: "f"): return addWord("false", .isFalse)
    case UInt8(ascii: "n"): return addWord("null", .null)
    default: return false
    }
  }

  private mutating func addWord(_ word: StaticString, _ kind: ValueNode.Kind) -> Bool {
    guard cursor.pass(word) else { return false }
    add(ScannedNode(kind: kind))
    return true
  }

  /// Whether two members of an object have the same name, or there are too many to check: of equal names jansson keeps the last value in
  /// the place of the first.
  private func hasTwins(_ object: Int) -> Bool {
    let members = Int(nodes[object].count)
    guard members > 1 else { return false }
    guard members <= 256 else { return true }
    var seen: UInt64 = 0
    var at = object + 1
    for index in 0..<members {
      let name = nodes[at]
      let mixed = (UInt64(name.count) &+ firstBytes(of: name)) &* 0x9E37_79B9_7F4A_7C15
      let bit: UInt64 = 1 << (mixed >> 58)
      if seen & bit != 0, isTwin(name, of: object, before: index) { return true }
      seen |= bit
      at += 1 + Int(nodes[at + 1].extent)
    }
    return false
  }

  private func firstBytes(of name: ScannedNode) -> UInt64 {
    let word = cursor.word(at: Int(name.bits) - Int(bitPattern: text.baseAddress!))
    return word & cursor.mask(name.count)
  }

  private func isTwin(_ name: ScannedNode, of object: Int, before count: Int) -> Bool {
    var at = object + 1
    for _ in 0..<count {
      if nodes[at].count == name.count, nodes[at].bytes.elementsEqual(name.bytes) { return true }
      at += 1 + Int(nodes[at + 1].extent)
    }
    return false
  }
}

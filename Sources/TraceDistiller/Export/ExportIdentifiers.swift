// OTLP's ids have 32 and 16 hex digits, but ids of native records may be any text. Each of those is mapped to a number, the same every
// time.

import TraceRecords

struct ExportIdentifiers: Sendable {
  /// By row. Ids that already have OTLP's form are kept.
  private let spans: [UInt64]
  private let exact: [Bool]
  let trace: (high: UInt64, low: UInt64)
  let isTraceExact: Bool

  init(_ distilled: DistilledTrace, order: ExportOrder) {
    let storage = distilled.snapshot.storage
    let count = storage.spans.count
    var numbers = [UInt64](repeating: 0, count: count)
    var isExact = [Bool](repeating: false, count: count)
    var used: Set<UInt64> = []
    used.reserveCapacity(count)
    // Ids in the right form keep their number, even if another id would map to it.
    for row in 0..<count {
      guard let number = storage.arena.withBytes(storage.spans[row].id, { ExportIdentifiers.exactHex($0, digits: 16) }) else { continue }
      (numbers[row], isExact[row]) = (number, true)
      used.insert(number)
    }
    func assign(_ row: Int) {
      guard !isExact[row], numbers[row] == 0 else { return }
      var number = storage.arena.withBytes(storage.spans[row].id) { ExportIdentifiers.number(of: $0) }
      // `5`, `0x5` and `span_5` in one trace: the second and third get another number.
      while number == 0 || !used.insert(number).inserted { number = ExportIdentifiers.mixed(number &+ 0x9E37_79B9_7F4A_7C15) }
      numbers[row] = number
    }
    for row in order.rows { assign(Int(row)) }
    for row in (0..<count).filter({ numbers[$0] == 0 }).sorted(by: { distilled.tree.idPrecedes($0, $1) }) { assign(row) }
    spans = numbers
    exact = isExact
    (trace, isTraceExact) = ExportIdentifiers.traceNumber(distilled.snapshot.traceID)
  }

  subscript(row: Int) -> UInt64 { spans[row] }
  func isExact(_ row: Int) -> Bool { exact[row] }

  /// The two halves of a trace's id, and whether they represent all of it.
  static func traceNumber(_ id: String) -> ((high: UInt64, low: UInt64), Bool) {
    var id = id
    return id.withUTF8 { utf8 in
      let bytes = UnsafeRawBufferPointer(utf8)
      if bytes.count == 32, let high = hex(UnsafeRawBufferPointer(rebasing: bytes[..<16])),
        let low = hex(UnsafeRawBufferPointer(rebasing: bytes[16...])), high | low != 0
      {
        return ((high, low), true)
      }
      if let number = digits(bytes), number != 0 { return ((0, number), false) }
      let hash = hash(bytes)
      return ((hash, mixed(~hash) | 1), false)
    }
  }

  /// The number of a span's id if only the id is known, as in a link to another trace.
  static func spanNumber(_ id: String) -> (number: UInt64, isExact: Bool) {
    var id = id
    return id.withUTF8 { utf8 in
      let bytes = UnsafeRawBufferPointer(utf8)
      if let exact = exactHex(bytes, digits: 16) { return (exact, true) }
      return (max(1, number(of: bytes)), false)
    }
  }

  /// `span_12` becomes 12, so that people recognise it. Other text becomes its hash.
  private static func number(of id: UnsafeRawBufferPointer) -> UInt64 { digits(id) ?? hash(id) }

  private static func exactHex(_ id: UnsafeRawBufferPointer, digits: Int) -> UInt64? {
    guard id.count == digits, let number = hex(id), number != 0 else { return nil }
    return number
  }

  /// Only lower-case digits: upper-case digits are another text, and reading the export back must give the same text.
  private static func hex(_ text: UnsafeRawBufferPointer) -> UInt64? {
    var number: UInt64 = 0
    for byte in text {
      switch byte {
      case 0x30...0x39: number = number << 4 | UInt64(byte - 0x30)
      case 0x61...0x66: number = number << 4 | UInt64(byte - 0x57)
      default: return nil
      }
    }
    return number
  }

  private static func digits(_ id: UnsafeRawBufferPointer) -> UInt64? {
    var text = id[...]
    for prefix in ["span_", "trace_"] where text.starts(with: Array(prefix.utf8)) { text = text.dropFirst(prefix.utf8.count) }
    if text.starts(with: Array("0x".utf8)), text.count > 2, text.count <= 18 {
      return hex(UnsafeRawBufferPointer(rebasing: text.dropFirst(2)))
    }
    guard !text.isEmpty, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return UInt64(String(decoding: text, as: UTF8.self))
  }

  /// FNV-1a, then mixed so that similar texts have very different numbers.
  private static func hash(_ id: UnsafeRawBufferPointer) -> UInt64 {
    mixed(StableHash.of(id))
  }

  /// The finaliser of SplitMix64: a permutation.
  private static func mixed(_ number: UInt64) -> UInt64 {
    var value = number
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

// The rows of a trace's spans: plain while records arrive, packed page by page when no more are expected.

/// Spans in pages of 1,024. A copy shares every page until one side writes to it. A packed page takes about a third of the memory, is read
/// row by row, and is unpacked when a late record writes to it.
package struct SpanRows: Sendable {
  /// An entry is empty if its page is packed; the array is empty if all pages are packed.
  private var plain: [[SpanRow]] = []
  /// Has an entry per page once a page was packed; an entry is unused if its page is plain.
  private var packed: [PackedRows] = []
  package private(set) var count = 0
  private var pageBytes = 0
  /// The capacity of the last page, as counted in `pageBytes`.
  private var lastCapacity = 0
  private static let pageSize = 1_024

  package init() {}

  package var isEmpty: Bool { count == 0 }
  package var indices: Range<Int> { 0..<count }

  package subscript(row: Int) -> SpanRow {
    @inline(__always) get {
      let page = row &>> 10
      if packed.isEmpty || packed[page].isEmpty { return plain[page][row & 1_023] }
      return packed[page][row & 1_023]
    }
    @inline(__always) set {
      let page = row &>> 10
      if !packed.isEmpty { unpack(page) }
      plain[page][row & 1_023] = newValue
    }
  }

  /// The id of a row.
  @inline(__always)
  func id(_ row: Int) -> TextReference {
    let page = row &>> 10
    if packed.isEmpty || packed[page].isEmpty { return plain[page][row & 1_023].id }
    return packed[page][row & 1_023].id
  }

  @inline(__always)
  package mutating func append(_ row: SpanRow) {
    // Usually there is room.
    let page = count &>> 10
    if count & 1_023 != 0, packed.isEmpty, count & 1_023 < lastCapacity, plain[page].capacity == lastCapacity {
      plain[page].append(row)
      count += 1
    } else {
      appendGrowing(row)
    }
  }

  @inline(never)
  private mutating func appendGrowing(_ row: SpanRow) {
    let page = count &>> 10
    if count & 1_023 == 0 {
      if plain.isEmpty { plain = Array(repeating: [], count: packed.count) }
      plain.append([])
      if !packed.isEmpty { packed.append(PackedRows()) }
      // The first page grows as needed, because most traces are small. Later pages are allocated at full size.
      if count > 0 { plain[page].reserveCapacity(Self.pageSize) }
    } else if !packed.isEmpty {
      unpack(page)
    }
    plain[page].append(row)
    let capacity = plain[page].capacity
    if capacity != lastCapacity || count & 1_023 == 0 {
      pageBytes += Self.bytes(capacity) - (count & 1_023 == 0 ? 0 : Self.bytes(lastCapacity))
      lastCapacity = capacity
    }
    count += 1
  }

  /// Visits every row in order.
  package func visitAll(_ body: (Int, SpanRow) -> Void) {
    for row in indices { body(row, self[row]) }
  }

  /// The bytes of the pages, including unused capacity.
  package var allocatedBytes: Int {
    pageBytes + HeapBytes.ofArray(plain.capacity * 8) + HeapBytes.ofArray(packed.capacity * MemoryLayout<PackedRows>.stride)
  }

  /// Packs every page, once no more rows are expected.
  package mutating func seal() {
    guard !plain.isEmpty else { return }
    var all = packed
    if all.isEmpty { all = Array(repeating: PackedRows(), count: plain.count) }
    for page in plain.indices where !plain[page].isEmpty {
      all[page] = PackedRows(plain[page])
      plain[page] = []
    }
    plain = []
    packed = all.trimmed
    pageBytes = packed.reduce(0) { $0 + $1.allocatedBytes }
  }

  /// The same rows, all in plain pages: faster for repeated reading.
  /// - Complexity: O(rows), or O(1) if no page is packed.
  package var unpacked: SpanRows {
    guard !packed.isEmpty else { return self }
    var copy = self
    for page in packed.indices { copy.unpack(page) }
    copy.packed = []
    return copy
  }

  @inline(never)
  private mutating func unpack(_ page: Int) {
    guard !packed[page].isEmpty else { return }
    if plain.isEmpty { plain = Array(repeating: [], count: packed.count) }
    let rows = packed[page]
    pageBytes -= rows.allocatedBytes
    packed[page] = PackedRows()
    plain[page].reserveCapacity(page < packed.count - 1 ? Self.pageSize : rows.count + 1)
    for row in 0..<rows.count { plain[page].append(rows[row]) }
    pageBytes += Self.bytes(plain[page].capacity)
    if page == packed.count - 1 { lastCapacity = plain[page].capacity }
  }

  private static func bytes(_ capacity: Int) -> Int { HeapBytes.ofArray(capacity * MemoryLayout<SpanRow>.stride) }
}

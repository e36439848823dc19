// Arrays that grow without copying their rows: pages instead of one block that doubles.

/// An array of plain values in pages of 1,024. Appending never moves existing rows, at most one page is unused, and a copy shares every
/// page until one side writes to it: a snapshot of 1,000,000 rows costs 1,000 retains, and the writer then copies single pages.
package struct PagedArray<Element: BitwiseCopyable & Sendable>: Sendable {
  private var pages: [[Element]] = []
  package private(set) var count = 0
  private static var pageSize: Int { 1_024 }

  package init() {}

  package var isEmpty: Bool { count == 0 }
  package var indices: Range<Int> { 0..<count }

  package subscript(index: Int) -> Element {
    get { pages[index &>> 10][index & 1_023] }
    _modify { yield &pages[index &>> 10][index & 1_023] }
  }

  package mutating func append(_ element: Element) {
    if count & 1_023 == 0 {
      pages.append([])
      // The first page grows as needed, because most traces are small. Later pages are allocated at full size.
      if count > 0 { pages[pages.count - 1].reserveCapacity(Self.pageSize) }
    }
    pages[pages.count - 1].append(element)
    count += 1
  }

  /// Visits every element in order; faster than indexing because each page is looked up once.
  package func visitAll(_ body: (Int, Element) -> Void) {
    var index = 0
    for page in pages {
      for element in page {
        body(index, element)
        index += 1
      }
    }
  }

  /// The bytes of the pages, including unused capacity.
  package var allocatedBytes: Int {
    guard let last = pages.last else { return 0 }
    let stride = MemoryLayout<Element>.stride
    return (pages.count - 1) * HeapBytes.ofArray(Self.pageSize * stride) + HeapBytes.ofArray(last.capacity * stride)
      + HeapBytes.ofArray(pages.capacity * 8)
  }

  /// Releases the unused capacity of the last page, once no more rows are expected.
  package mutating func seal() {
    guard let last = pages.last, last.capacity > last.count + last.count / 8 else { return }
    pages[pages.count - 1] = Array(unsafeUninitializedCapacity: last.count) { buffer, count in
      count = buffer.initialize(fromContentsOf: last)
    }
  }
}

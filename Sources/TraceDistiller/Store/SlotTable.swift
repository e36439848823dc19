// The store's traces in pages, so that memory is proportional to their number and is freed again.

import CScan

/// The store's slots by number. Pages rather than one array: growing never moves a trace, at most one page is unused (a doubling array
/// could need as much again as all traces), and a page is freed when all its traces are gone.
struct SlotTable: Sendable, RandomAccessCollection {
  typealias Slot = TraceDistillerStore.Slot
  /// An entry is empty if all slots of its page are free.
  private var pages: [[Slot?]] = []
  /// The number of traces in each page.
  private var filled: [UInt8] = []
  private static let pageSize = 64

  private(set) var count = 0
  /// The number of allocated slots, including free ones.
  private(set) var allocated = 0
  var startIndex: Int { 0 }
  var endIndex: Int { count }

  subscript(slot: Int) -> Slot? {
    _read {
      if pages[slot &>> 6].isEmpty { yield nil } else { yield pages[slot &>> 6][slot & 63] }
    }
    // Only for slots that hold a trace.
    _modify { yield &pages[slot &>> 6][slot & 63] }
  }

  /// Passes the trace in an occupied slot to the body. Unwrapping the optional would copy it, which retains everything in it.
  @inline(__always)
  func withSlot<Result>(_ slot: Int, _ body: (UnsafePointer<Slot>) -> Result) -> Result {
    pages[slot &>> 6].withUnsafeBufferPointer { page in
      precondition(page[slot & 63] != nil)
      // The payload of an optional is at its beginning.
      return UnsafeRawPointer(page.baseAddress! + (slot & 63)).withMemoryRebound(to: Slot.self, capacity: 1) { body($0) }
    }
  }

  /// Asks for the memory of a slot's storage before it is needed.
  @inline(__always)
  func prefetch(_ slot: Int) {
    pages[slot &>> 6].withUnsafeBufferPointer { page in
      guard let first = page.baseAddress else { return }
      let arena = MemoryLayout<Slot>.offset(of: \.storage.arena) ?? 0
      find_prefetch(UnsafeRawPointer(first + (slot & 63)) + arena)
    }
  }

  /// The same for the first of its texts.
  @inline(__always)
  func prefetchTexts(_ slot: Int) {
    guard !pages[slot &>> 6].isEmpty else { return }
    withSlotIfFilled(slot) { $0.pointee.storage.arena.prefetch() }
  }

  @inline(__always)
  private func withSlotIfFilled(_ slot: Int, _ body: (UnsafePointer<Slot>) -> Void) {
    let isFilled = pages[slot &>> 6].withUnsafeBufferPointer { $0[slot & 63] != nil }
    if isFilled { withSlot(slot, body) }
  }

  mutating func append(_ slot: Slot) {
    let page = count &>> 6
    if count & 63 == 0 {
      pages.append([])
      filled.append(0)
    }
    let before = pages[page].capacity
    // The slots before it were freed.
    if pages[page].isEmpty, count & 63 > 0 { pages[page] = Array(repeating: nil, count: count & 63) }
    // The first page grows as needed, later pages are allocated at full size.
    if page > 0 { pages[page].reserveCapacity(Self.pageSize) }
    pages[page].append(slot)
    allocated += pages[page].capacity - before
    filled[page] += 1
    count += 1
  }

  /// Stores a trace in a free slot.
  mutating func fill(_ number: Int, with slot: Slot) {
    let page = number &>> 6
    if pages[page].isEmpty {
      pages[page] = Array(repeating: nil, count: Swift.min(Self.pageSize, count - (page << 6)))
      allocated += pages[page].capacity
    }
    pages[page][number & 63] = slot
    filled[page] += 1
  }

  /// Frees the slot of a trace.
  mutating func free(_ number: Int) {
    let page = number &>> 6
    pages[page][number & 63] = nil
    filled[page] -= 1
    guard filled[page] == 0 else { return }
    allocated -= pages[page].capacity
    pages[page] = []
  }
}

extension UnsafePointer<TraceDistillerStore.Slot> {
  /// Passes the storage of a borrowed trace to the body.
  @inline(__always)
  func withStorage<Result>(_ body: (UnsafePointer<TraceStorage>) -> Result) -> Result {
    body(
      UnsafePointer<TraceStorage>(
        UnsafeRawPointer(self + 0).advanced(by: MemoryLayout<Pointee>.offset(of: \.storage)!).assumingMemoryBound(to: TraceStorage.self)))
  }
}

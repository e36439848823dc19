// The clock resolution of a trace's producers. Which of two spans came first cannot be decided more finely than that.
//
//   reported, in ms   a ├──────────┤ 3.26         b begins at 3: it seems to begin before a ended
//                     b         ├──────────┤
//   in fact           a  ├─────────┤              a began at 0.7
//                     b            ├─────────┤

import TraceRecords

/// The clock resolution of each producer, derived from its instants.
package struct ClockResolution: Sendable, Equatable {
  /// The coarsest resolution of all: a larger overlap is not caused by clocks.
  package private(set) var coarsestNanos: Int64 = 1
  /// Ascending by service. A service without an entry has a clock with nanoseconds. Not a dictionary: most traces have one to eight.
  private var coarse: [CoarseClock] = []
  /// The possible error of a start that was computed from the end and a printed duration; by row.
  private var printed: [Int32: Int64] = [:]

  /// The resolutions that are recognised, the coarsest first: seconds, milliseconds, microseconds, and tenths of microseconds.
  private static let steps: [Int64] = [1_000_000_000, 1_000_000, 1_000, 100]
  /// The minimum number of spans: a few may have round times by chance, or were written by hand.
  private static let leastSpans = 3
  private static let leastSpansOfSeconds = 8

  init() {}

  /// Reads the spans of a trace one by one.
  struct Reading {
    var clocks: [Clock] = []
    private var places: [UInt32: Int] = [:]
    private var latest = (service: UInt32.max, place: 0)

    /// - Parameter memory: what an earlier reading left, to be used again.
    init(_ memory: inout [Clock]) {
      swap(&clocks, &memory)
      clocks.removeAll(keepingCapacity: true)
    }

    /// - Complexity: at most two divisions; for a clock with nanoseconds only a comparison.
    @inline(__always)
    mutating func note(_ span: SpanRow) {
      guard span.isDefined, !span.flags.contains(.logsOnly) else { return }
      if span.service != latest.service { turn(to: span.service) }
      clocks[latest.place].note(span)
    }

    private mutating func turn(to service: UInt32) {
      // Most traces have a few services: a look at each costs less than a table.
      let known = clocks.count <= 8 ? clocks.firstIndex { $0.service == service } : places[service]
      latest = (service, known ?? clocks.count)
      guard known == nil else { return }
      if clocks.count == 8 { for (place, clock) in clocks.enumerated() { places[clock.service] = place } }
      clocks.append(Clock(service: service))
      if clocks.count > 8 { places[service] = latest.place }
    }
  }

  private struct CoarseClock: Sendable, Equatable, BitwiseCopyable {
    var service: UInt32
    var nanos: Int64
  }

  /// Takes what was read of a trace, in the memory that it has.
  /// - Complexity: O(services log services), and O(n) where durations were printed.
  mutating func rebuild(_ reading: borrowing Reading, _ storage: TraceStorage) {
    coarsestNanos = 1
    if !coarse.isEmpty { coarse.removeAll(keepingCapacity: true) }
    if !printed.isEmpty { printed = [:] }
    for clock in reading.clocks {
      guard let nanos = clock.resolution else { continue }
      coarse.append(CoarseClock(service: clock.service, nanos: nanos))
      coarsestNanos = max(coarsestNanos, nanos)
    }
    if coarse.count > 1 { coarse.sort { $0.service < $1.service } }
    readPrinted(storage)
  }

  /// What the instants of one service have in common.
  struct Clock: Sendable {
    let service: UInt32
    var spans = 0
    var isOneInstant = true
    var first = Int64.min
    /// Indices in `steps`; past its end for a clock with nanoseconds. Some producers derive the end from the start with a finer clock,
    /// others the start from the end, so it is enough if one of the two is coarse.
    var starts = 0
    var ends = 0

    init(service: UInt32) { self.service = service }

    mutating func note(_ span: SpanRow) {
      spans += 1
      if spans == 1 { first = span.start } else if span.start != first { isOneInstant = false }
      while starts < steps.count, span.start % steps[starts] != 0 { starts += 1 }
      if !span.isOpen { while ends < steps.count, span.end % steps[ends] != 0 { ends += 1 } }
    }

    var resolution: Int64? {
      let step = min(starts, ends)
      guard step < steps.count, spans >= leastSpans, !isOneInstant else { return nil }
      if step == 0 { return spans >= leastSpansOfSeconds ? steps[0] : steps[1] }
      // Instants since 1970 as Doubles, in seconds or microseconds, are a quarter of a microsecond apart and are printed with one more
      // digit.
      return steps[step] == 100 ? 250 : steps[step]
    }
  }

  /// Rust's `tracing-subscriber` prints when a span closed and its duration with three digits. So its start is known to half a unit of the
  /// last digit.
  private mutating func readPrinted(_ storage: TraceStorage) {
    var keys: [UInt32] = []
    for number in 1..<max(1, UInt32(storage.texts.count)) {
      guard let text = storage.texts.reference(number) else { continue }
      let isPrinted = storage.arena.withBytes(text) { text in
        text.count == 9 && (text.elementsEqual("time.busy".utf8) || text.elementsEqual("time.idle".utf8))
      }
      if isPrinted { keys.append(number) }
    }
    guard !keys.isEmpty else { return }
    let reader = AttributeReader(arena: storage.arena, texts: storage.texts)
    for row in storage.spans.indices where storage.spans[row].attributes != SpanRow.none {
      var nanos: Int64 = 0
      for key in keys {
        guard case .string(let text)? = reader.value(of: key, in: storage.spans[row].attributes) else { continue }
        nanos += PrintedDuration.halfUnitNanos(text) ?? 0
      }
      guard nanos > 0 else { continue }
      printed[Int32(row)] = nanos
      coarsestNanos = max(coarsestNanos, nanos)
    }
  }

  /// The possible error of a span's instants.
  /// - Complexity: O(log services).
  package func nanos(of row: Int, service: UInt32) -> Int64 {
    var (low, high) = (0, coarse.count)
    while low < high {
      let middle = (low + high) / 2
      if coarse[middle].service < service { low = middle + 1 } else { high = middle }
    }
    let nanos = low < coarse.count && coarse[low].service == service ? coarse[low].nanos : 1
    return printed.isEmpty ? nanos : max(nanos, printed[Int32(row)] ?? 1)
  }

  var allocatedBytes: Int {
    HeapBytes.ofArray(printed.capacity * 16) + HeapBytes.ofArray(coarse.capacity * MemoryLayout<CoarseClock>.stride)
  }
}

/// A duration as programs print it: digits and a unit.
enum PrintedDuration {
  /// Half a unit of the last digit: `12.4ms` means ±50 µs. Nil for other texts.
  static func halfUnitNanos(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    let number = bytes.prefix { (0x30...0x39).contains($0) || $0 == 0x2E }
    guard !number.isEmpty else { return nil }
    var nanos: Int64
    switch String(decoding: bytes[number.count...], as: UTF8.self) {
    case "ns": nanos = 1
    case "µs", "μs", "us": nanos = 1_000
    case "ms": nanos = 1_000_000
    case "s": nanos = 1_000_000_000
    default: return nil
    }
    if let point = number.firstIndex(of: 0x2E) { for _ in number[point...].dropFirst() { nanos /= 10 } }
    return nanos / 2
  }
}

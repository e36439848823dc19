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
  /// By service. A service without an entry has a clock with nanoseconds.
  private var byService: [UInt32: Int64] = [:]
  /// The possible error of a start that was computed from the end and a printed duration; by row.
  private var printed: [Int32: Int64] = [:]

  /// The resolutions that are recognised, the coarsest first: seconds, milliseconds, microseconds, and tenths of microseconds.
  private static let steps: [Int64] = [1_000_000_000, 1_000_000, 1_000, 100]
  /// The minimum number of spans: a few may have round times by chance, or were written by hand.
  private static let leastSpans = 3
  private static let leastSpansOfSeconds = 8

  init() {}

  /// - Complexity: O(n), with at most two divisions per span; for a clock with nanoseconds only a comparison.
  init(_ storage: TraceStorage) {
    var clocks: [Clock] = []
    var places: [UInt32: Int] = [:]
    var latest = (service: UInt32.max, place: 0)
    storage.spans.visitAll { _, span in
      guard span.isDefined, !span.flags.contains(.logsOnly) else { return }
      if span.service != latest.service {
        // Most traces have a few services: a look at each costs less than a table.
        let known = clocks.count <= 8 ? clocks.firstIndex { $0.service == span.service } : places[span.service]
        latest = (span.service, known ?? clocks.count)
        if known == nil {
          if clocks.count == 8 { for (place, clock) in clocks.enumerated() { places[clock.service] = place } }
          clocks.append(Clock(service: span.service))
          if clocks.count > 8 { places[span.service] = latest.place }
        }
      }
      clocks[latest.place].note(span)
    }
    for clock in clocks {
      guard let nanos = clock.resolution else { continue }
      byService[clock.service] = nanos
      coarsestNanos = max(coarsestNanos, nanos)
    }
    readPrinted(storage)
  }

  /// What the instants of one service have in common.
  private struct Clock {
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
      if first == .min { first = span.start } else if span.start != first { isOneInstant = false }
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
  /// - Complexity: O(1).
  package func nanos(of row: Int, service: UInt32) -> Int64 { max(byService[service] ?? 1, printed[Int32(row)] ?? 1) }

  var allocatedBytes: Int { HeapBytes.ofArray(printed.capacity * 16) + HeapBytes.ofArray(byService.capacity * 16) }
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

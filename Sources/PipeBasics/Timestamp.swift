// Instants as text, without Foundation, which would double the server's start-up time. `TraceRecords` parses such text.

/// Instants are Int64 nanoseconds since 1970-01-01 UTC.
public enum Timestamp {
  /// All instants are within 2^62 ns of 1970 (the years 1823 to 2116), so that the difference of any two fits into an Int64.
  @inlinable public static var limit: Int64 { (1 << 62) - 1 }

  /// The instant, clamped to the limits. `Record.unknown`, the smallest Int64, is kept.
  @inlinable @inline(__always) public static func clamped(_ nanos: Int64) -> Int64 {
    nanos == .min ? nanos : min(limit, max(-limit, nanos))
  }

  /// `2026-11-23T19:33:34.483Z`, with milliseconds, for people.
  package static func format(_ nanos: Int64) -> String {
    let millis = floorDivide(nanos, 1_000_000).quotient
    let (days, rest) = floorDivide(millis, 86_400_000)
    let (year, month, day) = civil(fromDays: Int(days))
    func pad(_ value: Int64, _ width: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let date = "\(pad(Int64(year), 4))-\(pad(Int64(month), 2))-\(pad(Int64(day), 2))"
    let time = "\(pad(rest / 3_600_000, 2)):\(pad(rest / 60_000 % 60, 2)):\(pad(rest / 1_000 % 60, 2)).\(pad(rest % 1_000, 3))"
    return "\(date)T\(time)Z"
  }

  private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
    let (era, dayOfEra64) = floorDivide(Int64(days + 719_468), 146_097)
    let dayOfEra = Int(dayOfEra64)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  package static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

// Jaeger, Zipkin, Chrome and Next.js count in microseconds: as nanoseconds, without a way to trap.

extension ValueNode {
  /// Microseconds, whole or with a fraction, as a number or its digits; nil for other values and for what Int64 cannot hold.
  var nanosOfMicros: Int64? {
    if let whole = integer ?? text.flatMap({ Int64(String(decoding: $0.prefix(32), as: UTF8.self)) }) {
      let (nanos, overflow) = whole.multipliedReportingOverflow(by: 1_000)
      return overflow ? nil : nanos
    }
    let real = double ?? text.flatMap { Double(String(decoding: $0.prefix(32), as: UTF8.self)) }
    return real.flatMap { Int64(exactly: ($0 * 1_000).rounded()) }
  }
}

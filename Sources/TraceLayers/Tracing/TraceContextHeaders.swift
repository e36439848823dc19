// W3C Trace Context (https://www.w3.org/TR/trace-context/) and Baggage: how a trace continues in another process.

public import Tracing

extension LayeredTracer {
  /// Reads `traceparent`, `tracestate` and `baggage`. Malformed values are ignored, as the standard requires.
  public func extract<Carrier, Extract: Extractor>(_ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract)
  where Extract.Carrier == Carrier {
    if let header = extractor.extract(key: "traceparent", from: carrier), let (trace, span) = TraceParent.parse(header) {
      let traceState = extractor.extract(key: "tracestate", from: carrier).flatMap { TraceParent.isPlain($0) ? $0 : nil }
      context.spanContext = SpanContext(traceID: trace, spanID: span, traceState: traceState)
    }
    if let baggage = extractor.extract(key: "baggage", from: carrier), TraceParent.isPlain(baggage) { context.baggageHeader = baggage }
  }

  /// Writes `traceparent`, `tracestate` and `baggage`, if the context has them.
  public func inject<Carrier, Inject: Injector>(_ context: ServiceContext, into carrier: inout Carrier, using injector: Inject)
  where Inject.Carrier == Carrier {
    if let span = context.spanContext {
      injector.inject("00-\(span.traceID)-\(span.spanID)-01", forKey: "traceparent", into: &carrier)
      if let traceState = span.traceState { injector.inject(traceState, forKey: "tracestate", into: &carrier) }
    }
    if let baggage = context.baggageHeader { injector.inject(baggage, forKey: "baggage", into: &carrier) }
  }
}

enum TraceParent {
  /// `00-<32 hex>-<16 hex>-<2 hex>`; later versions may append fields, version ff is forbidden.
  static func parse(_ header: String) -> (TraceID, SpanID)? {
    let text = Array(header.utf8)
    guard text.count >= 55, text[2] == dash, text[35] == dash, text[52] == dash, let version = hex(text[0..<2]), version != 0xFF,
      text.count == 55 || (version > 0 && text[55] == dash), let high = hex(text[3..<19]), let low = hex(text[19..<35]),
      let trace = TraceID(high: high, low: low), let span = hex(text[36..<52]).flatMap({ SpanID($0) }), hex(text[53..<55]) != nil
    else { return nil }
    return (trace, span)
  }

  /// Whether a header may be passed on: it has a limited length and cannot begin another header.
  static func isPlain(_ header: String) -> Bool {
    header.utf8.count <= 8_192 && header.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x09 }
  }

  private static let dash = UInt8(ascii: "-")

  /// Lower-case digits only, as the standard requires.
  private static func hex(_ digits: ArraySlice<UInt8>) -> UInt64? {
    var bits: UInt64 = 0
    for digit in digits {
      switch digit {
      case 0x30...0x39: bits = bits << 4 | UInt64(digit - 0x30)
      case 0x61...0x66: bits = bits << 4 | UInt64(digit - 0x57)
      default: return nil
      }
    }
    return bits
  }
}

// OTLP/JSON lines as a collector's file exporter writes them: batches of spans with their resource and scope.

enum OTLPWorkload {
  static func lines(spans: Int, perTrace: Int, perLine: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(spans * 420)
    var done = 0
    while done < spans {
      let count = min(perLine, spans - done)
      bytes.append(contentsOf: head.utf8)
      for index in done..<done + count {
        if index > done { bytes.append(UInt8(ascii: ",")) }
        bytes.append(
          contentsOf: span(trace: index / perTrace, index: index % perTrace, startNanos: 1_795_462_602_000_000_000 + index * 1_000).utf8)
      }
      bytes.append(contentsOf: "]}]}]}\n".utf8)
      done += count
    }
    return bytes
  }

  private static let head = """
    {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"shop.orders"},"spans":[
    """
  private static let names = ["handle_request", "fetch_quote", "db_write", "decode", "symbol_loop"]

  private static func span(trace: Int, index: Int, startNanos: Int) -> String {
    let parent = index == 0 ? "" : hex(UInt64((index - 1) / 8 + 1))
    let ids =
      "\"traceId\":\"\(hex(UInt64(trace) &* 0x9E37_79B9_7F4A_7C15))\(hex(UInt64(trace + 0xABCD)))\",\"spanId\":\"\(hex(UInt64(index + 1)))\""
    return """
      {\(ids),"parentSpanId":"\(parent)","flags":256,"name":"\(names[index % 5])","kind":1,"startTimeUnixNano":"\(startNanos)","endTimeUnixNano":"\(startNanos + 900_000)","attributes":[{"key":"symbol","value":{"stringValue":"BTCUSDT"}},{"key":"attempt","value":{"intValue":"\(index % 3)"}},{"key":"table","value":{"stringValue":"kline_1m"}}],"status":{}}
      """
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}

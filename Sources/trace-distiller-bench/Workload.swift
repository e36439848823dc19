// Native records as our own layers write them, used by all benchmarks.

enum Workload {
  /// The structure of a trace: eight calls below each call, each below the previous one, or all below the root.
  enum Shape { case tree, chain, fan }

  /// One trace with that shape.
  static func lines(spans: Int, shape: Shape, failEvery: Int = .max) -> [UInt8] {
    lines(spans: spans, perTrace: spans, shape: shape, failEvery: failEvery)
  }

  /// Records of `spans` spans in traces of `perTrace`: a root, and calls in several levels below it, each with a start, an end, and three
  /// attributes.
  static func lines(spans: Int, perTrace: Int, shape: Shape = .tree, failEvery: Int = .max, firstTrace: Int = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(spans * 620)
    var clock: Int64 = 0
    var done = 0
    var trace = firstTrace
    while done < spans {
      let count = min(perTrace, spans - done)
      let traceID = hex(UInt64(trace) &* 0x9E37_79B9_7F4A_7C15, hex(UInt64(trace) &+ 0xABCD))
      for index in 0..<count {
        let above = shape == .tree ? (index - 1) / 8 : shape == .chain ? index - 1 : 0
        let parent = index == 0 ? "null" : "\"\(hex(UInt64(above), ""))\""
        clock += 1_000
        bytes.append(contentsOf: start(traceID, index, parent, clock).utf8)
        if index > 0 { bytes.append(contentsOf: end(traceID, index, clock + 900_000, index % failEvery == 0).utf8) }
      }
      clock += 1_000_000
      bytes.append(contentsOf: end(traceID, 0, clock).utf8)
      done += count
      trace += 1
    }
    return bytes
  }

  private static let names = ["handle_request", "fetch_quote", "db_write", "decode", "symbol_loop"]

  private static func start(_ trace: String, _ index: Int, _ parent: String, _ clock: Int64) -> String {
    """
    {"timestamp":"\(timestamp(clock))","level":"INFO","target":"shop::orders","log_type":"trace","message":"Span started: \(names[index % 5])","fields":{"event_type":"span_start","trace_id":"\(trace)","span_id":"\(hex(UInt64(index), ""))","parent_id":\(parent),"span_name":"\(names[index % 5])","attributes":{"symbol":"BTCUSDT","attempt":\(index % 3),"table":"kline_1m"}}}\n
    """
  }

  private static func end(_ trace: String, _ index: Int, _ clock: Int64, _ isFailed: Bool = false) -> String {
    let status = isFailed ? ",\"status\":\"error\",\"status_message\":\"no route to quote \(index)\"" : ""
    return """
      {"timestamp":"\(timestamp(clock))","level":"INFO","target":"shop::orders","log_type":"trace","message":"Span ended: 0.90ms","fields":{"event_type":"span_end","trace_id":"\(trace)","span_id":"\(hex(UInt64(index), ""))","span_name":"\(names[index % 5])","duration_ms":0.9\(status)}}\n
      """
  }

  private static func hex(_ value: UInt64, _ suffix: String = "") -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits + suffix
  }

  private static func timestamp(_ nanos: Int64) -> String {
    func pad(_ value: Int64, _ width: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
    let seconds = nanos / 1_000_000_000
    return
      "2026-11-23T\(pad(seconds / 3_600 % 24, 2)):\(pad(seconds / 60 % 60, 2)):\(pad(seconds % 60, 2)).\(pad(nanos % 1_000_000_000, 9))Z"
  }
}

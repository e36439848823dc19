// How fast each format comes from memory into the store, beside jansson alone on the same bytes: `trace-distiller-bench formats`. With a directory
// it leaves the bytes there, for other parsers to load.

import Glibc
import JSON
import TraceDistiller
import TraceRecords

enum FormatBench {
  private static let spans = 100_000

  static func run() { run(directory: nil) }

  static func run(directory: String?) {
    print("formats: \(spans) spans of two attributes each, in one document (otlp, next: in lines of 500 spans), from memory into the store")
    for (name, isLines, text) in [
      ("otlp", true, lines(prefix: otlpHead, suffix: "]}]}]}", span: otlp)),
      (
        "jaeger", false,
        document(#"{"data":[{"traceID":"\#(trace)","spans":["#, #"],"processes":{"p1":{"serviceName":"shop"}}}]}"#, span: jaeger)
      ),
      ("zipkin", false, document("[", "]", span: zipkin)), ("chrome", false, document(#"{"traceEvents":["#, "]}", span: chrome)),
      ("next", true, lines(prefix: "[", suffix: "]", span: next)),
    ] {
      let bytes = Array(text.utf8)
      let parsing = min(jansson(bytes, isLines), jansson(bytes, isLines))
      let reading = min(intoStore(bytes), intoStore(bytes))
      let megabytes = Double(bytes.count) / 1e6
      Bench.report(
        "\(name), \(Bench.rounded(megabytes, 1)) MB",
        "\(Bench.thousands(Double(spans) / reading)) spans, \(Bench.rounded(megabytes / reading, 0)) MB/s",
        "\(Bench.rounded(parsing / reading)) of jansson alone (\(Bench.rounded(megabytes / parsing, 0)) MB/s)")
      if let directory { write(bytes, to: "\(directory)/\(name).json") }
    }
  }

  // MARK: Measuring

  private static func jansson(_ bytes: [UInt8], _ isLines: Bool) -> Double {
    let limits = JSONLimits(maxBytes: .max)
    return Bench.seconds {
      bytes.withUnsafeBytes { all in
        guard isLines else {
          _ = try? JanssonTree(parsing: all, limits: limits).repairs
          return
        }
        for line in all.split(separator: 0x0A) {
          _ = try? JanssonTree(parsing: UnsafeRawBufferPointer(rebasing: line), limits: limits).repairs
        }
      }
    }
  }

  private static func intoStore(_ bytes: [UInt8]) -> Double {
    let store = SharedTraceStore()
    var stream = FileStream()
    func take(_ batch: RecordBatch, _ texts: BatchTexts) { store.apply(batch, texts, source: SourceID(0), now: 0) }
    let seconds = Bench.seconds {
      bytes.withUnsafeBytes { all in
        for start in stride(from: 0, to: all.count, by: 1 << 20) {
          stream.feed(UnsafeRawBufferPointer(rebasing: all[start..<min(all.count, start + 1 << 20)]), sink: take)
        }
      }
      stream.finish(sink: take)
    }
    let count = store.withLock { store in store.overviews(now: 0).reduce(0) { $0 + $1.spanCount } }
    if count != spans { print("  \(count) spans were read instead of \(spans): \(stream.problems)") }
    return seconds
  }

  private static func write(_ bytes: [UInt8], to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    var done = 0
    while done < bytes.count { done += bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + done, bytes.count - done) } }
    close(file)
  }

  // MARK: The same trace in every format: a root with batches of a hundred calls each

  private static let trace = "0af7651916cd43dd8448eb211c80319c"
  private static let begin = 1_767_225_600_000_000
  private static let otlpHead =
    #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"db"},"spans":["#

  private static func document(_ prefix: String, _ suffix: String, span: (Int) -> String) -> String {
    prefix + (0..<spans).map(span).joined(separator: ",") + suffix
  }

  private static func lines(prefix: String, suffix: String, span: (Int) -> String) -> String {
    stride(from: 0, to: spans, by: 500).map { prefix + ($0..<$0 + 500).map(span).joined(separator: ",") + suffix + "\n" }.joined()
  }

  private static func parent(_ index: Int) -> Int? { index == 0 ? nil : index % 100 == 0 ? 0 : index / 100 * 100 }
  private static func start(_ index: Int) -> Int { begin + index * 10 }
  /// Calls nest by time too: the root is the longest, the batches last a millisecond.
  private static func duration(_ index: Int) -> Int { index == 0 ? spans * 10 + 1_000 : index % 100 == 0 ? 1_000 : 7 }
  private static func id(_ index: Int) -> String { String(0x1000_0000_0000_0000 + index, radix: 16) }

  private static func otlp(_ index: Int) -> String {
    let parent = parent(index).map { #""parentSpanId":"\#(id($0))","# } ?? ""
    return
      #"{"traceId":"\#(trace)","spanId":"\#(id(index))",\#(parent)"name":"SELECT item","kind":3,"startTimeUnixNano":"\#(start(index))000","#
      + #""endTimeUnixNano":"\#(start(index) + duration(index))000","attributes":[{"key":"db.system","value":{"stringValue":"sqlite"}},"#
      + #"{"key":"row","value":{"intValue":"\#(index)"}}],"status":{}}"#
  }

  private static func jaeger(_ index: Int) -> String {
    let references = parent(index).map { #"{"refType":"CHILD_OF","traceID":"\#(trace)","spanID":"\#(id($0))"}"# } ?? ""
    return #"{"traceID":"\#(trace)","spanID":"\#(id(index))","operationName":"SELECT item","references":[\#(references)],"#
      + #""startTime":\#(start(index)),"duration":\#(duration(index)),"tags":[{"key":"db.system","type":"string","value":"sqlite"},"#
      + #"{"key":"row","type":"int64","value":\#(index)}],"logs":[],"processID":"p1","warnings":null}"#
  }

  private static func zipkin(_ index: Int) -> String {
    let parent = parent(index).map { #""parentId":"\#(id($0))","# } ?? ""
    return #"{"traceId":"\#(trace)","id":"\#(id(index))",\#(parent)"kind":"CLIENT","name":"SELECT item","timestamp":\#(start(index)),"#
      + #""duration":\#(duration(index)),"localEndpoint":{"serviceName":"shop"},"tags":{"db.system":"sqlite","row":"\#(index)"}}"#
  }

  private static func chrome(_ index: Int) -> String {
    #"{"ph":"X","cat":"db","name":"SELECT item","pid":1,"tid":1,"ts":\#(start(index)),"dur":\#(duration(index)),"args":{"db.system":"sqlite","row":\#(index)}}"#
  }

  private static func next(_ index: Int) -> String {
    let parent = parent(index).map { #""parentId":\#($0 + 1),"# } ?? ""
    return #"{"name":"SELECT item","duration":\#(duration(index)),"timestamp":\#(start(index)),"id":\#(index + 1),\#(parent)"#
      + #""tags":{"db.system":"sqlite","row":\#(index)},"startTime":\#(start(index) / 1_000),"traceId":"e4314ee52da35d20"}"#
  }
}

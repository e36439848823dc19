// Measures how fast each format is read from memory and through a FIFO into the store, compared with jansson alone on the same bytes:
// `trace-distiller-bench formats`. With a directory it also writes the bytes there, for other parsers.

import JSON
import Platform
import TraceContextServer
import TraceDistiller
import TraceRecords

enum FormatBench {
  private static let spans = 100_000

  static func run() { run(directory: nil) }

  private struct Format {
    var name: String
    var prefix, suffix: String
    var span: (Int) -> String
    /// Whether its files may also contain lines.
    var isLines = false
  }

  private static var formats: [Format] {
    [
      Format(name: "otlp", prefix: otlpHead, suffix: "]}]}]}", span: otlp, isLines: true),
      Format(
        name: "jaeger", prefix: #"{"data":[{"traceID":"\#(trace)","spans":["#, suffix: #"],"processes":{"p1":{"serviceName":"shop"}}}]}"#,
        span: jaeger),
      Format(name: "zipkin", prefix: "[", suffix: "]", span: zipkin),
      Format(name: "chrome", prefix: #"{"traceEvents":["#, suffix: "]}", span: chrome),
      Format(name: "next", prefix: "[", suffix: "]", span: next, isLines: true),
    ]
  }

  static func run(directory: String?) {
    print("formats: \(spans) spans of two attributes each, in one document (otlp, next: in lines of 500 spans), into the store")
    for format in formats {
      let lines = Array(lines(format).utf8)
      let bytes = format.isLines ? lines : Array(document(format).utf8)
      let parsing = min(jansson(bytes, format.isLines), jansson(bytes, format.isLines))
      let reading = min(intoStore(bytes), intoStore(bytes))
      let pipe = min(throughPipe(lines), throughPipe(lines))
      let megabytes = Double(bytes.count) / 1e6
      func row(_ what: String, _ seconds: Double) {
        Bench.report(
          "\(format.name), \(Bench.rounded(megabytes, 1)) MB, \(what)",
          "\(Bench.thousands(Double(spans) / seconds)) spans, \(Bench.rounded(megabytes / seconds, 0)) MB/s",
          "\(Bench.rounded(parsing / seconds)) × jansson alone (\(Bench.rounded(megabytes / parsing, 0)) MB/s)")
      }
      row("from memory", reading)
      row("FIFO, in lines of 500", pipe)
      if let directory { write(bytes, to: "\(directory)/\(format.name).json") }
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
    var stream = RecordStream()
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

  private static func throughPipe(_ lines: [UInt8]) -> Double {
    let directory = Bench.temporaryDirectory()
    let (file, fifo) = (directory + "/lines", directory + "/pipe")
    write(lines, to: file)
    let store = SharedTraceStore()
    let reader = IngestBench.startReader(of: fifo, into: store)
    let count = UInt64(lines.count { $0 == 0x0A })
    let writer = IngestLimits.cat(file, into: fifo)
    let seconds = Bench.seconds { while reader.status[0].statistics.lines < count { usleep(500) } }
    Bench.wait(writer)
    for path in [file, fifo, fifo + ".lock"] { unlink(path) }
    rmdir(directory)
    return seconds
  }

  private static func write(_ bytes: [UInt8], to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    var done = 0
    while done < bytes.count { done += bytes.withUnsafeBytes { Platform.write(file, $0.baseAddress! + done, bytes.count - done) } }
    close(file)
  }

  // MARK: The same trace in every format: a root with batches of a hundred calls each

  private static let trace = "0af7651916cd43dd8448eb211c80319c"
  private static let begin = 1_767_225_600_000_000
  private static let otlpHead =
    #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"db"},"spans":["#

  private static func document(_ format: Format) -> String {
    format.prefix + (0..<spans).map(format.span).joined(separator: ",") + format.suffix
  }

  private static func lines(_ format: Format) -> String {
    stride(from: 0, to: spans, by: 500).map { first in
      format.prefix + (first..<first + 500).map(format.span).joined(separator: ",") + format.suffix + "\n"
    }.joined()
  }

  private static func parent(_ index: Int) -> Int? { index == 0 ? nil : index % 100 == 0 ? 0 : index / 100 * 100 }
  private static func start(_ index: Int) -> Int { begin + index * 10 }
  /// Calls also nest by time: the root is the longest, the batches last a millisecond.
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

// The walls inside each target: its folders from the bottom up, the purpose of each, and which of the folders below it may use.

import Testing

/// One target's table.
struct Walls: Sendable, CustomTestStringConvertible {
  struct Row: Sendable {
    var folder: String
    var reason: String
    var mayUse: Set<String>

    init(_ folder: String, _ reason: String, uses: String...) {
      (self.folder, self.reason, mayUse) = (folder, reason, Set(uses))
    }
  }

  var target: String
  /// From the bottom up: a folder may use only rows above it in this list.
  var rows: [Row]
  /// Known violations: `from` uses `to` although it should not.
  var exceptions: [(from: String, to: String)] = []
  var testDescription: String { target }

  static let all = [
    platform, json, jsonRPC, traceHub, languageWrap, pipeBasics, traceRecords, traceDistiller, traceContextServer, otlpReceiver,
    traceView, traceLayers, traceLayersDistiller,
  ]
  private static let top = FolderUses.top

  static let platform = Walls(target: "Platform", rows: [Row(top, "what belongs to the system: clocks, threads, descriptors")])

  static let json = Walls(target: "JSON", rows: [Row(top, "values, parsing over jansson, writing")])

  static let jsonRPC = Walls(target: "JSONRPC", rows: [Row(top, "messages, framings, connections")])

  static let traceHub = Walls(target: "TraceHub", rows: [Row(top, "the door's side of a process that clients share")])

  static let traceView = Walls(target: "TraceView", rows: [Row(top, "a trace as a page: its script, style and frame")])

  static let languageWrap = Walls(target: "LanguageWrap", rows: [Row(top, "a language server around another one")])

  static let pipeBasics = Walls(
    target: "PipeBasics", rows: [Row(top, "the pipe's place, instants"), Row("Journal", "lines of a journal, and where they are")])

  static let traceRecords = Walls(
    target: "TraceRecords",
    rows: [
      Row("Records", "the vocabulary: records, batches, what became of a line"),
      Row("Scan", "text of a line as values, without a tree, and the shapes of lines", uses: "Records"),
      Row("Tree", "values as decoders of foreign formats see them", uses: "Records", "Scan"),
      Row("Formats", "one reader for each format", uses: "Records", "Scan", "Tree"),
      Row("Documents", "values of documents, whole and broken", uses: "Records", "Formats"),
      Row("Wrapping", "prefixes, envelopes, texts that are no records", uses: "Tree"),
      Row("Stream", "from bytes to batches", uses: "Records", "Scan", "Formats", "Documents", "Wrapping"),
    ])

  static let traceDistiller = Walls(
    target: "TraceDistiller",
    rows: [
      Row("Patterns", "regular expressions in linear time"),
      Row("Collections", "tables, arenas, hashes: they know no trace", uses: "Patterns"),
      Row("Redaction", "what looks like a secret", uses: "Collections"),
      Row("Storage", "the rows of one trace", uses: "Collections", "Redaction"),
      Row("Store", "all traces, their order, bounds and changes", uses: "Collections", "Redaction", "Storage"),
      Row("Source", "who holds traces, as those who ask see it", uses: "Store", "Storage", "Collections"),
      Row("Analysis", "the call tree of a snapshot, its times, paths and failures", uses: "Collections", "Storage", "Store"),
      Row("Folding", "alike siblings as one node", uses: "Analysis", "Storage", "Collections"),
      Row("Insights", "patterns that cost time or hide failures", uses: "Analysis", "Folding", "Storage", "Collections"),
      Row("Compare", "two traces side by side", uses: "Analysis", "Storage", "Store", "Collections"),
      Row("Aggregate", "many traces as groups", uses: "Analysis", "Compare", "Storage", "Store", "Collections"),
      Row(
        "Text", "what people and agents read, within a bound",
        uses: "Analysis", "Storage", "Store", "Folding", "Insights", "Compare", "Aggregate", "Collections"),
      Row("Export", "a trace, and logs, in the formats of other tools", uses: "Analysis", "Storage", "Store", "Text", "Collections"),
      Row(
        "Cache", "what was made of traces, kept for the next question", uses: "Store", "Analysis", "Folding", "Insights", "Text",
        "Collections"),
      Row(
        "Explain", "why a trace is as it is, against others", uses: "Analysis", "Storage", "Store", "Insights", "Compare", "Text", "Cache",
        "Collections"),
      Row(
        "Check", "rules about many traces, and what they were like before",
        uses: "Analysis", "Store", "Insights", "Compare", "Aggregate", "Text", "Cache", "Explain", "Collections"),
      Row(
        "Code", "what traces say of the lines of the program", uses: "Analysis", "Storage", "Store", "Text", "Cache"),
    ])

  static let traceContextServer = Walls(
    target: "TraceContextServer",
    rows: [
      Row("Reports", "the server's surroundings, and what to do where nothing comes"),
      Row("Answers", "answers as JSON and text under a bound, errors with the next step"),
      Row("Requests", "what a request says and what it may ask: parameters, filters, its context, waits", uses: "Answers", "Reports"),
      Row("Methods", "one file for each method", uses: "Requests", "Answers", "Reports"),
      Row("Doors", "what a client may speak, how far its session is", uses: "Requests", "Reports"),
      Row("MCP", "the door for agents", uses: "Doors", "Methods", "Requests", "Answers", "Reports"),
      Row("Language", "the door for editors", uses: "Doors", "Methods", "Requests", "Reports"),
      Row(
        "Session", "one client's connection, our own door", uses: "MCP", "Language", "Doors", "Methods", "Requests", "Answers", "Reports"),
      Row("Pipe", "records from named pipes and journals", uses: "Reports"),
      Row("Files", "records from files", uses: "Reports"),
    ])

  static let otlpReceiver = Walls(
    target: "OTLPReceiver",
    rows: [
      Row("Requests", "what a request asks for, refusals, answers"),
      Row("Access", "who may come", uses: "Requests"),
      Row("Decoding", "from a body to records in the store", uses: "Requests"),
      Row("Listener", "connections, one thread for all", uses: "Access", "Decoding", "Requests"),
      Row("Address", "where others find it"),
    ])

  static let traceLayers = Walls(
    target: "TraceLayers",
    rows: [
      Row("Basics", "ids, levels, deadlines, what carries records away"),
      Row("Tracing", "spans of swift-distributed-tracing, what happens to them, who observes it", uses: "Basics"),
      Row("Records", "lines of records without an allocation", uses: "Basics", "Tracing"),
      Row("Pipe", "records on their way to the pipe, the journal", uses: "Basics"),
      Row("Layers", "the layers that write", uses: "Basics", "Records", "Tracing"),
      Row("Logging", "the handler of swift-log", uses: "Basics", "Tracing"),
      Row(top, "how a program sets all up", uses: "Basics", "Layers", "Logging", "Tracing"),
    ])

  static let traceLayersDistiller = Walls(
    target: "TraceLayersDistiller",
    rows: [
      Row("Store", "the traces of the program in the program itself"),
      Row("Snapshots", "reports of those traces as files", uses: "Store"),
      Row(top, "the layer, and how a program asks for it", uses: "Snapshots", "Store"),
    ])
}

// One entry of the errors: a cause, how often it came, and what became of it.

import TraceRecords

/// A cause, and every other with the same path of operations, type and wording. Its texts are read from the trace when they are shown.
package struct TraceProblem: Sendable {
  package enum Severity: String, Sendable { case error, warning }

  package var severity: Severity
  /// The span where it happened first. Not nil even when that span itself was never reported.
  package var firstRow: Int
  /// The log line that reports it, its own or that of a caller who knew more; nil where only the span's status does.
  var firstEvent: Int?
  package var count: Int
  package var firstTimeUnixNano: Int64
  package var lastTimeUnixNano: Int64
  /// Spans it happened in, in order, at most `maxRows`.
  package var rows: [Int]
  /// Spans it happened in.
  package var spanCount: Int
  /// Failures of ancestors, and further logs of its spans, that only repeat it.
  package var repeats: Int
  /// How many of `count` went where; none for warnings and for spans that no record reported.
  package var ends = Ends()
  /// The ancestor that ended fine in spite of the first one that was swallowed.
  package var swallowedBy: Int?
  /// Spans from the root to the first one, both included.
  package var pathLength: Int
  /// The ancestor, or the first span itself, at most three steps below the root.
  var pathHead: Int
  package static let maxRows = 16

  package struct Ends: Sendable, Equatable {
    package var root = 0
    package var swallowed = 0
    package var running = 0
    package var detached = 0
    package var fragment = 0
  }
}

/// What an entry says, as the records said it.
package struct ProblemWords: Sendable, Equatable {
  /// The exception's type, or the code that stands for a message; empty where the program gave none.
  package var type = ""
  /// The log's text, the exception's message or the status message; empty where the program gave none.
  package var message = ""
  /// Where in the program's own code it happened, the innermost frames first: from its stack trace or a caller's of the same failure, else where its log was
  /// written, else where its span began.
  package var frames: [StackFrame] = []
  static let maxFrames = 8
}

extension DistilledTrace {
  package func words(_ problem: TraceProblem) -> ProblemWords {
    let storage = snapshot.storage
    var reader = FailureAttributes(storage)
    var words = ProblemWords()
    guard let index = problem.firstEvent else {
      words.message = node(problem.firstRow).statusMessage ?? ""
      if words.message.isEmpty { words.type = reader.code(storage.spans[problem.firstRow].attributes) }
      words.frames = place(ofSpan: problem.firstRow, &reader)
      return words
    }
    let event = storage.events[index]
    var (exception, stack, file, line) = ("", "", "", 0)
    reader.read(event.attributes, .exceptionType, .exceptionMessage, .stack, .file, .line) { meaning, value in
      switch meaning {
      case .exceptionType: words.type = value.text
      case .exceptionMessage: exception = value.text
      case .stack: stack = value.text
      case .file: file = value.text
      case .line: line = Int(value.text) ?? 0
      default: break
      }
    }
    let text = storage.arena.string(event.message)
    let told = OTLPMark.exceptionMessage(type: words.type, message: exception)
    // A log that carries an exception and has a text of its own says both.
    if text.isEmpty || text == told || text == exception {
      words.message = exception.isEmpty && words.type.isEmpty ? text : exception
    } else if told.isEmpty || FailureWording.find(Array(exception.utf8), in: Array(text.utf8)) {
      words.message = text
    } else {
      words.message = exception.isEmpty ? text : "\(text): \(exception)"
    }
    if !stack.isEmpty {
      words.frames = frames(stack: stack, type: words.type, message: exception, row: Int(event.span), limit: ProblemWords.maxFrames)
    }
    if words.frames.isEmpty, !file.isEmpty { words.frames = [StackFrame(function: "", file: file, line: line, isOwn: true)] }
    if words.frames.isEmpty { words.frames = place(ofSpan: problem.firstRow, &reader) }
    return words
  }

  /// Where the program began the span; none where it did not say.
  private func place(ofSpan row: Int, _ reader: inout FailureAttributes) -> [StackFrame] {
    var (file, line) = ("", 0)
    reader.read(snapshot.storage.spans[row].attributes, .file, .line) { meaning, value in
      if meaning == .file { file = value.text } else { line = Int(value.text) ?? 0 }
    }
    return file.isEmpty ? [] : [StackFrame(function: "", file: file, line: line, isOwn: true)]
  }

  /// The path to an entry's first span: the beginning, how many are left out, and the end. Costs what is shown, whatever the depth.
  package func path(to problem: TraceProblem, first: Int, last: Int) -> (beginning: [Int], hidden: Int, end: [Int]) {
    precondition(first <= 4)
    if problem.pathLength <= first + last { return (path(to: problem.firstRow), 0, []) }
    var end: [Int] = []
    var row = problem.firstRow
    while end.count < last, row >= 0 {
      end.append(row)
      row = Int(tree.parent[row])
    }
    return (Array(path(to: problem.pathHead).prefix(first)), problem.pathLength - first - last, end.reversed())
  }
}

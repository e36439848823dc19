// One entry of the errors: a cause, how often it occurred, and its effect.

import TraceRecords

/// A cause together with all others that have the same path of operations, type and wording. Texts are read from the trace when they are
/// shown.
package struct TraceProblem: Sendable {
  package enum Severity: String, Sendable { case error, warning }

  package var severity: Severity
  /// The span where it first occurred. Set even if that span has no record of its own.
  package var firstRow: Int
  /// The log line that reports it: its own, or that of a caller with more details. Nil if only the span's status reports it.
  var firstEvent: Int?
  package var count: Int
  package var firstTimeUnixNano: Int64
  package var lastTimeUnixNano: Int64
  /// The spans in which it occurred, in order, at most `maxRows`.
  package var rows: [Int]
  /// The number of spans in which it occurred.
  package var spanCount: Int
  /// Failures of ancestors, and further logs of its spans, that only repeat it.
  package var repeats: Int
  /// How many of `count` ended where; empty for warnings and for spans without a record of their own.
  package var ends = Ends()
  /// The ancestor that succeeded despite the first swallowed occurrence.
  package var swallowedBy: Int?
  /// The number of spans from the root to the first one, including both.
  package var pathLength: Int
  /// The ancestor at most three steps below the root, or the first span itself.
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

/// The texts of an entry, as the records gave them.
package struct ProblemWords: Sendable, Equatable {
  /// The exception's type, or the code that is used if there is no message; empty if the program gave none.
  package var type = ""
  /// The log's text, the exception's message or the status message; empty where the program gave none.
  package var message = ""
  /// Where in the program's own code it happened, the innermost frames first: from its stack trace or that of a caller with the same
  /// failure, else where its log was written, else where its span began.
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
    // A log with both an exception and its own text: both are shown.
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

  /// Where the program began the span; empty if it is not known.
  private func place(ofSpan row: Int, _ reader: inout FailureAttributes) -> [StackFrame] {
    var (file, line) = ("", 0)
    reader.read(snapshot.storage.spans[row].attributes, .file, .line) { meaning, value in
      if meaning == .file { file = value.text } else { line = Int(value.text) ?? 0 }
    }
    return file.isEmpty ? [] : [StackFrame(function: "", file: file, line: line, isOwn: true)]
  }

  /// The path to an entry's first span: the beginning, the number of spans left out, and the end. The cost depends only on what is shown,
  /// not on the depth.
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

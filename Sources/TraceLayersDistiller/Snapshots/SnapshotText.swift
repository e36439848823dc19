// The content of one report: the program and time, the list of traces, and the text of those that changed since the last report.

import Platform
import TraceDistiller
import TraceLayers
import TraceRecords

/// The consecutive reports of one program. It remembers what they contained.
struct SnapshotText {
  struct Program: Sendable {
    var service, run: String
    var process: Int32
  }

  enum Reason: String, Sendable { case periodic, exit }

  /// A report without its header.
  struct Body {
    var text: String
    /// The reported traces: each handle with its revision.
    fileprivate var told: [Int: Int]
  }

  let program: Program
  let maxBytes: Int
  private var told: [Int: Int] = [:]

  init(program: Program, maxBytes: Int) {
    self.program = program
    self.maxBytes = maxBytes
  }

  /// Called once it was written: what it contains is not reported again.
  mutating func accept(_ body: Body) { told = body.told }

  func header(number: Int, _ reason: Reason, time: Int64) -> String {
    """
    === Trace Distiller snapshot ===
    Program: \(FieldText.name.make(program.service, limit: 80)) · process \(program.process) · run \(FieldText.name.make(program.run, limit: 80))
    Report: \(number) (\(reason.rawValue))
    Time: \(Timestamp.format(Timestamp.clamped(time)))


    """
  }

  /// Room for the header lines, and for the line about what was left out.
  private static let reservedBytes = 1_600

  /// The list of traces, then those that changed, the newest first, as many as fit into the bytes and can be made before the deadline
  /// (monotonic).
  func next(of store: TraceStore, deadline: Int64) -> Body {
    let lines = store.lines().reversed()
    var body = Body(text: "", told: [:])
    var left = maxBytes - SnapshotText.reservedBytes
    let listed = left / 16
    body.text = TraceStore.compute { TraceListText.make(Array(lines), maxChars: listed) + "\n" }
    left -= body.text.utf8.count
    var leftOut: [String] = []
    var unchanged = 0
    for line in lines {
      if told[line.serial] == line.revision {
        body.told[line.serial] = line.revision
        unchanged += 1
        continue
      }
      // For a trace that is gone by now, the list already has its line.
      guard MonotonicClock.nanos < deadline, left >= 1_600 else {
        leftOut.append(line.handle)
        continue
      }
      guard let snapshot = store.snapshot(of: line) else { continue }
      var options = SummaryOptions()
      options.maxChars = min(SummaryOptions.defaultBudget, left)
      func summary() -> String { TraceStore.compute { "\n" + DistilledTrace(snapshot).summary(options).text + "\n" } }
      var text = summary()
      if text.utf8.count > left {
        // A character may take four bytes.
        options.maxChars = max(SummaryOptions.budgetRange.lowerBound, left / 4 - 1)
        text = summary()
      }
      guard text.utf8.count <= left else {
        leftOut.append(line.handle)
        continue
      }
      body.text += text
      left -= text.utf8.count
      body.told[line.serial] = snapshot.revision
    }
    if unchanged > 0 { body.text += "\nUnchanged since the last report: \(unchanged) \(unchanged == 1 ? "trace" : "traces").\n" }
    if !leftOut.isEmpty {
      body.text +=
        "\nLeft out, to keep this report within \(maxBytes) bytes and its time: \(leftOut.count) changed (\(leftOut.prefix(16).joined(separator: ", "))\(leftOut.count > 16 ? ", …" : "")).\n"
    }
    return body
  }
}

extension TraceStore {
  /// Every trace as a line of the list, the oldest first.
  fileprivate func lines() -> [TraceDistiller.TraceOverview] {
    let now = TraceStore.now
    return withStore { store in
      store.advance(to: now)
      return store.overviews(now: now)
    }
  }

  fileprivate func snapshot(of line: TraceDistiller.TraceOverview) -> TraceSnapshot? {
    let now = TraceStore.now
    return withStore { $0.snapshot(of: line, now: now) }
  }
}

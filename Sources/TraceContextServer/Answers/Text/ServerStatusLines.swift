// server/status as lines: what is read from where, what is kept, and every loss that is not zero.

import JSON
import TraceDistiller

extension ServerStatus {
  static func lines(of answer: JSONValue, _ calls: CallNames) -> AnswerLines? {
    var lines = AnswerLines()
    let server = answer["server"]
    let memory = answer["memory"]?["residentBytes"]?.integer.map { ", \(mebibytes($0)) resident" } ?? ""
    lines.head = ["trace-distiller \(server?["version"]?.string ?? ""), pid \(server?["pid"]?.serializedString ?? "")\(memory)"]
    lines.entries = (answer["sources"]?.array ?? []).map { source($0) }
    if let store = answer["store"] { lines.tail = self.store(store) }
    return lines
  }

  private static func source(_ source: JSONValue) -> [String] {
    let path = VisibleText.make(source["path"]?.string ?? "", limit: 300)
    let counters = source["counters"]
    let owner = source["ownerPid"]?.integer.map { " by pid \($0)" } ?? ""
    let message = source["message"]?.string.map { ": " + VisibleText.make($0, limit: 300) } ?? ""
    var lines = [
      "\(source["kind"]?.string ?? "") \(path): \(source["state"]?.string ?? "")\(owner)\(message); "
        + "\(AnswerWords.count(counters?["records"])) records in \(AnswerWords.count(counters?["lines"])) lines"
    ]
    let others = nonZero(counters, without: ["bytes", "lines", "records"])
    if !others.isEmpty { lines.append("   " + others) }
    if let refusal = source["refusal"]?.string { lines.append("   the input " + refusal) }
    if let unfinished = source["unfinished"] {
      lines.append(
        "   \(AnswerWords.count(unfinished["bytes"])) bytes of a record that has not ended, for \(unfinished["ageMs"]?.serializedString ?? "") ms"
      )
    }
    for problem in source["problems"]?.array ?? [] {
      let element = problem["element"]?.integer.map { ", element [\($0)]" } ?? ""
      lines.append(
        "   line \(problem["line"]?.serializedString ?? "")\(element): \(VisibleText.make(problem["reason"]?.string ?? "", limit: 200))")
    }
    return lines
  }

  private static func store(_ store: JSONValue) -> [String] {
    let (traces, limits) = (store["traces"], store["limits"])
    var lines = [
      "Traces: \(AnswerWords.count(traces?["completed"])) complete, \(AnswerWords.count(traces?["running"])) running, "
        + "\(AnswerWords.count(traces?["abandoned"])) given up; \(AnswerWords.count(store["logs"]?["count"])) module logs; "
        + "\(AnswerWords.count(store["producers"])) producers, \(AnswerWords.count(store["runs"])) runs",
      "Kept: at most \(limits?["maxTraces"]?.serializedString ?? "") complete traces (0: as many as fit) in "
        + "\(mebibytes(limits?["maxBytes"]?.integer ?? 0)); \(mebibytes(store["bytes"]?.integer ?? 0)) in use",
    ]
    let losses = nonZero(store["counters"], without: ["records", "sessions", "moduleLogs", "tracesCompleted"])
    let missing = store["missingRecords"]?.integer ?? 0
    if missing > 0 { lines.append("Missing: \(missing) records that producers sent and nobody saw") }
    lines.append(losses.isEmpty ? "Nothing was lost, evicted or changed" : "Counted: " + losses)
    return lines
  }

  /// `malformedLines 2, repairedLines 1`
  private static func nonZero(_ counters: JSONValue?, without names: Set<String>) -> String {
    (counters?.object?.members ?? []).filter { !names.contains($0.key) && $0.value.integer ?? 0 > 0 }
      .map { "\($0.key) \(AnswerWords.count($0.value))" }.joined(separator: ", ")
  }

  private static func mebibytes(_ bytes: Int64) -> String { "\((bytes + 1 << 19) >> 20) MiB" }
}

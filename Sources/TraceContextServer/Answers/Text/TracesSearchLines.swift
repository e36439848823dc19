// traces/search as lines: one span a line, with the trace and the id that trace/span asks for.

import JSON
import TraceDistiller

extension TracesSearch {
  static func lines(of answer: JSONValue, _ calls: CallNames) -> AnswerLines? {
    let spans = answer["spans"]?.array ?? []
    var lines = AnswerLines()
    let searched = answer["searched"]
    let places =
      "\(AnswerWords.counted(Int(searched?["spans"]?.integer ?? 0), "span")) of \(AnswerWords.counted(Int(searched?["traces"]?.integer ?? 0), "trace")) were looked at"
    lines.head = ["\(AnswerWords.counted(spans.count, "span")) found, the newest trace first; \(places)"]
    lines.entries = spans.map { [line($0)] }
    lines.tail = AnswerWords.lost(answer, calls) + AnswerWords.closing(answer)
    return lines
  }

  /// `t2 span_4  ❌ charge_card  27.50 ms (self 27.50 ms) [attempt=1]  shop`
  private static func line(_ span: JSONValue) -> String {
    let service = span["service"].map { "  " + AnswerWords.name($0, limit: 40) } ?? ""
    let message = span["statusMessage"]?.string.map { ": " + FieldText.message.make($0, limit: 120) } ?? ""
    let times = "\(AnswerWords.duration(span["durationMs"])) (self \(AnswerWords.duration(span["selfMs"])))"
    return
      "\(span["handle"]?.string ?? "") \(AnswerWords.id(span["spanId"]))  \(AnswerWords.mark(span["status"]))\(AnswerWords.name(span["name"]))\(message)  \(times)"
      + AnswerWords.attributes(span["attributes"]) + service
  }
}

// The critical path as lines: operations by the time for which they kept the root from ending.

package struct CriticalPathText {
  package private(set) var lines: [String] = []
  package private(set) var isCut = false

  /// The share of the path that counts as small, in a summary's section.
  private static let smallShare = 0.02
  private static let leastSmall = 3

  package init(_ trace: DistilledTrace, path: CriticalPath, language: SummaryLanguage, budget: Int) {
    self.init(trace.totals(of: path), language: language, budget: budget)
  }

  /// - Parameter totals: of one path, the largest first.
  package init(_ totals: [CriticalTotal], language: SummaryLanguage, budget: Int) {
    guard !totals.isEmpty else { return }
    // Small shares are combined into one line: seven lines of a percent each say less than their sum.
    let small = totals.reversed().prefix { $0.share < CriticalPathText.smallShare }.count
    let told = small >= CriticalPathText.leastSmall ? totals.count - small : totals.count
    let hasServices = Set(totals.map(\.service)).count > 1
    var body: [String] = []
    var used = jsonLength(language.criticalPath) + 4
    let reserve = 64
    for (index, total) in totals[..<told].enumerated() {
      let line = CriticalPathText.line(total, hasService: hasServices, language)
      let needed = jsonLength(line) + 2
      let isLast = index == totals.count - 1
      guard used + needed + (isLast ? 0 : reserve) <= budget else {
        isCut = true
        guard used + reserve <= budget, !body.isEmpty else { return }
        break
      }
      used += needed
      body.append(line)
    }
    if body.count < totals.count {
      let nanos = totals[body.count...].reduce(Int64(0)) { $0.addingSaturated($1.nanos) }
      body.append(language.moreTime(totals.count - body.count, nanos: nanos))
    }
    lines = ["", language.criticalPath] + body
  }

  /// `65.0 %  18.25 ms  fetch_quote ×3`, or `9.1 %  13.05 ms  shop → cart: waiting outside the callee (GET) ×3`
  private static func line(_ total: CriticalTotal, hasService: Bool, _ language: SummaryLanguage) -> String {
    let times = total.spans > 1 ? " ×\(DurationText.count(total.spans))" : ""
    let time = "\(DurationText.percent(total.share))  \(DurationText.format(total.nanos))  "
    if let callee = total.waitingFor {
      func field(_ text: String, _ limit: Int) -> String {
        text.unicodeScalars.contains("→") ? VisibleText.quoted(text, limit: limit) : FieldText.name.make(text, limit: limit)
      }
      let call = total.name.isEmpty ? language.unnamed : field(total.name, 80)
      return "\(time)\(field(total.service ?? "", 40)) → \(field(callee, 40)): \(language.waitingOutside) (\(call))\(times)"
    }
    let service = hasService ? total.service.map { FieldText.name.make($0, limit: 40) + " " } ?? "" : ""
    let name = total.name.isEmpty ? language.unnamed : FieldText.name.make(total.name, limit: 80)
    return "\(time)\(service)\(name)\(times)"
  }
}

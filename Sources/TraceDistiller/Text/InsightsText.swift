// Insights as lines: what was found, its cost, the advice, and the spans to look at.

struct InsightsText {
  private(set) var lines: [String] = []
  private(set) var isCut = false

  init(_ trace: DistilledTrace, _ insights: [Insight], language: SummaryLanguage, calls: CallNames, budget: Int) {
    guard !insights.isEmpty else { return }
    var body: [String] = []
    var used = jsonLength(language.insights) + 4
    let call = "\(calls("trace/insights")) {\"traceId\":\"\(trace.snapshot.handle)\"}"
    func more(_ count: Int) -> String { language.moreEntries(count, see: call) }
    let reserve = jsonLength(more(insights.count)) + 2
    for (index, insight) in insights.enumerated() {
      let line = InsightWords(trace: trace, language: language).line(insight)
      let needed = jsonLength(line) + 2
      let isLast = index == insights.count - 1
      guard used + needed + (isLast ? 0 : reserve) <= budget else {
        isCut = true
        guard used + reserve <= budget, !body.isEmpty else { return }
        body.append(more(insights.count - index))
        break
      }
      used += needed
      body.append(line)
    }
    lines = ["", language.insights] + body
  }
}

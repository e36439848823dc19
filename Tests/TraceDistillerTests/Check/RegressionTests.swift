// Proves that noise is no regression, that each planted one is claimed and named, and what is too little to say anything.

import Foundation
import Testing

@testable import TraceDistiller

@Suite struct RegressionTests {
  /// One recording against a baseline of another, a hundred times.
  @Test func noiseIsNoRegression() throws {
    let base = CheckedRecording.baseline(CheckedRecording.traces(20, seed: 1))
    for seed in 2...101 {
      let report = try checked(
        ["no errors", "no regression"], CheckedRecording.traces(seed % 3 == 0 ? 6 : 20, seed: UInt64(seed)), base: base)
      #expect(report.verdict == .holds, "seed \(seed): \(verdicts(report))")
    }
  }

  static let expected: [(planted: PlantedRegression, service: String, operation: String, kinds: Set<String>)] = [
    (.oneMoreQueryARow, "shop", "SELECT price FROM prices WHERE item_id = ?", ["repeatedCalls"]),
    (.retry, "shop", "POST /charge", ["retries"]),
    (.lock, "shop", "reserve", ["waitingInLine"]),
    (.slowCall, "payments", "charge", ["ownTime"]),
    (.droppedCache, "shop", "GET /profile", ["newCalls"]),
  ]

  @Test(arguments: expected, [5, 20]) func aPlantedRegressionIsNamed(
    _ expected: (planted: PlantedRegression, service: String, operation: String, kinds: Set<String>), _ count: Int
  ) throws {
    for seed in 1...5 {
      let base = CheckedRecording.baseline(CheckedRecording.traces(20, seed: UInt64(seed)))
      let report = try checked(
        ["no regression"], CheckedRecording.traces(count, seed: UInt64(100 + seed), planted: expected.planted), base: base)
      let claim = report.answers[0].claims.first
      #expect(report.verdict == .broken, "\(expected.planted), seed \(seed): \(verdicts(report))")
      #expect(
        claim?.service == expected.service && claim?.operation == expected.operation && expected.kinds.contains(claim?.kind ?? ""),
        "\(expected.planted), seed \(seed): \(verdicts(report))")
      #expect(claim?.example?.spanID.isEmpty == false && (claim?.nanos ?? 0) > 0, "\(expected.planted), seed \(seed): \(verdicts(report))")
      // The way back is none: fewer calls and less time break nothing.
      let back = CheckedRecording.baseline(CheckedRecording.traces(20, seed: UInt64(200 + seed), planted: expected.planted))
      let reverse = try checked(["no regression"], CheckedRecording.traces(count, seed: UInt64(300 + seed)), base: back)
      #expect(reverse.verdict == .holds, "back from \(expected.planted), seed \(seed): \(verdicts(reverse))")
    }
  }

  @Test(arguments: 0...6) func fewTracesDecideNothing(_ count: Int) throws {
    let base = CheckedRecording.baseline(CheckedRecording.traces(20, seed: 1))
    let report = try checked(["no regression"], CheckedRecording.traces(count, seed: 2, planted: .slowCall), base: base)
    let expected: CheckVerdict = count == 0 || count >= 5 ? .broken : .undecided
    #expect(report.verdict == expected, "\(count) traces: expected \(expected), got \(verdicts(report))")
    if (1..<5).contains(count) {
      #expect(
        report.answers[0].reason
          == "too few traces of shop GET /orders (\(count == 1 ? "1 trace" : "\(count) traces"), 20 in the base): 5 of each side are needed"
      )
    }
    let thin = CheckedRecording.baseline(CheckedRecording.traces(4, seed: 1))
    #expect(try checked(["no regression"], CheckedRecording.traces(20, seed: 2, planted: .slowCall), base: thin).verdict == .undecided)
  }

  @Test func withoutABaseOrACommonRootThereIsNothingToCompare() throws {
    let traces = CheckedRecording.traces(6, seed: 1)
    #expect(try checked(["no regression"], traces).verdict == .broken)
    #expect(try checked(["optional no regression"], traces).verdict == .holds)
    var other = CheckedRecording.single("root")
    other.id = "other"
    let base = CheckedRecording.baseline(Array(repeating: other.distilled(), count: 6))
    let report = try checked(["no regression"], traces, base: base)
    #expect(report.verdict == .broken && report.answers[0].looked.contains("no kind of root that the base has"), "\(verdicts(report))")
  }

  /// More traces in the same order of time give the same example and the same verdict as any other order.
  @Test func theOrderOfTracesDoesNotMatter() throws {
    let rules = [
      "no errors", "no regression", "no findings above 1ms", #"p95("SELECT") <= 1ms"#, #"self(service("payments")) <= 7ms"#,
      #"share("charge") <= 90%"#,
      #"repeats("SELECT") <= 12"#,
    ]
    let base = CheckedRecording.baseline(CheckedRecording.traces(12, seed: 3))
    let traces = CheckedRecording.traces(12, seed: 4, planted: .oneMoreQueryARow)
    let expected = verdicts(try checked(rules, traces, base: base))
    for seed in 1...6 {
      var random = SplitMix64(seed: UInt64(seed))
      let order = traces.shuffled(using: &random)
      #expect(verdicts(try checked(rules, order, base: base)) == expected)
      #expect(CheckedRecording.baseline(order) == CheckedRecording.baseline(traces))
    }
  }

  /// Two threads answer as one does, whichever comes first to a trace; with rules that look into every trace, and with one that does not.
  @Test func anotherThreadChangesNothing() throws {
    let base = CheckedRecording.baseline(CheckedRecording.traces(12, seed: 3))
    let traces = CheckedRecording.traces(6, seed: 5) + CheckedRecording.traces(12, seed: 4, planted: .retry)
    for texts in [["no errors", "no regression", "no findings above 1ms", #"p95("SELECT") <= 1ms"#], ["no errors"]] {
      let rules = try texts.map { try CheckRule(parsing: $0) }
      let expected = try checked(texts, traces, base: base)
      for beside in [nil, { $0() }, { Thread.detachNewThread($0) }] as [TraceAnalysis.Beside?] {
        var run = CheckRun(rules, base: base)
        run.add(traces.map(\.snapshot), beside: beside)
        let report = run.report()
        #expect(verdicts(report) == verdicts(expected) && report.spans == expected.spans && report.traces == expected.traces)
      }
    }
  }

  /// Everything takes twice as long: rules on times break whose limits lie between, rules on shares and counts say the same.
  @Test func twiceTheTimeBreaksTimesAlone() throws {
    let sketches = CheckedRecording.sketches(10, seed: 5)
    let (once, twice) = (sketches.map { $0.distilled() }, sketches.map { $0.moved(by: 0, scaled: 2).distilled() })
    for statistic in ["p50", "p95", "p99", "max", "min", "mean", "self"] {
      for subject in [#""SELECT""#, #"root("GET /orders")"#, #"service("payments")"#] {
        guard case .nanos(let value)? = try checked(["\(statistic)(\(subject)) >= 0ns"], once).answers[0].value else {
          Issue.record("\(statistic) \(subject) has no value")
          continue
        }
        let rule = "\(statistic)(\(subject)) <= \(value + value / 2)ns"
        #expect(try checked([rule], once).verdict == .holds && checked([rule], twice).verdict == .broken, "\(rule)")
      }
    }
    let steady = [
      #"count("SELECT") == 120"#, #"repeats("SELECT") == 12"#, #"errors("SELECT") == 0"#, #"errorRate("SELECT") <= 0%"#,
      #"count(root("GET /orders")) == 10"#,
    ]
    #expect(try checked(steady, once).verdict == .holds && checked(steady, twice).verdict == .holds)
    for subject in [#""SELECT""#, #"service("payments")"#] {
      let values = try [once, twice].map { try checked(["share(\(subject)) <= 100%"], $0).answers[0].value }
      #expect(values[0] == values[1], "share of \(subject): \(values)")
    }
    // And a regression by its nature.
    #expect(try checked(["no regression"], twice, base: CheckedRecording.baseline(once)).verdict == .broken)
  }
}

// Proves what measures are, what they look at, and that a rule which finds nothing does not pass.

import Testing

@testable import TraceDistiller

@Suite struct MeasureTests {
  @Test func aRuleThatFindsNothingIsBrokenUnlessItIsOptional() throws {
    let report = try checked([#"p95("cherge") <= 1ms"#], CheckedRecording.traces(2, seed: 1))
    #expect(report.verdict == .broken && report.answers[0].looked.hasPrefix("no span of that name; nearest: "), "\(verdicts(report))")
    #expect(try checked([#"optional p95("nothing of that name") <= 1ms"#], CheckedRecording.traces(2, seed: 1)).verdict == .holds)
    #expect(try checked(["no errors"], []).verdict == .broken)
  }

  @Test func aNameIsMeantExactlyWhereThereIsOne() throws {
    let traces = CheckedRecording.traces(3, seed: 1)
    // `charge` is a span of payments; `POST /charge` has it in its name.
    let exact = try checked([#"count("charge") == 3"#], traces)
    #expect(exact.verdict == .holds && exact.answers[0].looked == "3 spans of charge (payments) in 3 traces", "\(verdicts(exact))")
    let part = try checked([#"count("CHARG") == 6"#], traces)
    #expect(
      part.verdict == .holds && part.answers[0].looked == "6 spans of POST /charge, charge (shop, payments) in 3 traces",
      "\(verdicts(part))")
  }

  @Test func failuresAreCausesAndMayBeAllowedByName() throws {
    let traces = CheckedRecording.traces(4, seed: 1, planted: .retry)
    let report = try checked(["no errors"], traces)
    let claim = report.answers[0].claims.first
    #expect(
      report.verdict == .broken && claim?.kind == "failed" && claim?.sentence.contains("503 from the bank") == true, "\(verdicts(report))")
    #expect(claim?.example?.next.method == "trace/errors")
    let allowed = try checked([#"no errors but "charge", "POST /charge""#], traces)
    #expect(allowed.verdict == .holds && allowed.answers[0].notes.count == 1, "\(verdicts(allowed))")
    #expect(try checked([#"no errors but "refund""#], traces).verdict == .broken)
  }

  @Test func whatIsNotCompleteDoesNotHold() throws {
    var sketch = CheckedRecording.sketches(1, seed: 1)[0]
    sketch.spans[3].end = nil
    let traces = [sketch.distilled()]
    for rule in ["no errors", "no findings of chattyLog", #"max("charge") <= 1s"#, #"count("charge") >= 9"#, #"p95("charge") <= 1us"#] {
      let report = try checked([rule], traces)
      #expect(report.verdict == .undecided && report.answers[0].reason?.contains("openSpans") == true, "\(rule): \(verdicts(report))")
    }
    // What is missing could only make these worse.
    for rule in [#"max("charge") <= 1us"#, #"count("charge") <= 0"#, #"repeats("SELECT") <= 1"#] {
      #expect(try checked([rule], traces).verdict == .broken, "\(rule)")
    }
  }

  @Test func findingsAreThoseOfInsights() throws {
    let traces = CheckedRecording.traces(4, seed: 1)
    let report = try checked(["no findings of repeatedCall above 1ms"], traces)
    let claim = report.answers[0].claims.first
    #expect(
      report.verdict == .broken && claim?.kind == "repeatedCall" && claim?.sentence.contains("4 times in 4 traces") == true,
      "\(verdicts(report))")
    #expect(try checked(["no findings of repeatedCall above 90%", "no findings of retry"], traces).verdict == .holds)
  }
}

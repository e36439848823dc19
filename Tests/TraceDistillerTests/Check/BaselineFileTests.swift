// Proves that a baseline's file says what its traces said, reads well, and that a wrong one is told by its place.

import JSON
import Testing

@testable import TraceDistiller

@Suite struct BaselineFileTests {
  @Test func aFileSaysWhatItsTracesSaid() throws {
    let baseline = CheckedRecording.baseline(CheckedRecording.traces(9, seed: 1))
    #expect(try CheckBaseline(JSONValue(parsing: baseline.text)) == baseline)
    #expect(try CheckBaseline(baseline.json) == baseline)
    let lines = baseline.text.split(separator: "\n")
    // A line for each step, few kilobytes, nothing of one trace.
    #expect(lines.count == 1 + baseline.roots.reduce(0) { $0 + $1.services.count + $1.steps.count + 3 } + 1, "\(baseline.text)")
    #expect(baseline.text.utf8.count < 4_000 && !baseline.text.contains("trace-1"), "\(baseline.text.utf8.count) bytes: \(baseline.text)")
  }

  /// One more call is one more line: no other changes its form.
  @Test func oneMoreStepIsOneMoreLine() {
    let before = Set(CheckedRecording.baseline(CheckedRecording.traces(9, seed: 1)).text.split(separator: "\n").compactMap(Self.name))
    let after = Set(
      CheckedRecording.baseline(CheckedRecording.traces(9, seed: 1, planted: .droppedCache)).text.split(separator: "\n").compactMap(
        Self.name))
    #expect(before.isSubset(of: after) && after.count == before.count + 1, "\(after.subtracting(before))")
  }

  private static func name(_ line: Substring) -> String? {
    guard line.hasPrefix("{\"depth\"") else { return nil }
    return line.split(separator: "\"calls\"").first.map(String.init)
  }

  @Test func hostileNamesAreKept() throws {
    for seed in 1...20 {
      let baseline = CheckedRecording.baseline((0..<3).map { TraceSketch(hostile: UInt64(seed * 10 + $0)).distilled() })
      #expect(try CheckBaseline(JSONValue(parsing: baseline.text)) == baseline, "seed \(seed)")
    }
  }

  @Test func aLaterVersionIsReadAsFarAsItSaysTheSame() throws {
    let baseline = CheckedRecording.baseline(CheckedRecording.traces(5, seed: 1))
    let text = baseline.text.replacing("\"version\":1", with: "\"version\":7,\"unknown\":{}").replacing(
      "{\"depth\"", with: "{\"more\":[1],\"depth\"")
    #expect(try CheckBaseline(JSONValue(parsing: text)) == baseline)
  }

  static let wrong: [(text: String, says: String)] = [
    (#"{"format":"other"}"#, "no baseline"), (#"{"format":"trace-distiller-baseline","version":0,"roots":[]}"#, "version must be 1"),
    (#"{"format":"trace-distiller-baseline","version":1}"#, "roots must be a list"),
    (#"{"format":"trace-distiller-baseline","version":1,"roots":[{}]}"#, "roots[0] must have services and steps"),
    (
      #"{"format":"trace-distiller-baseline","version":1,"roots":[{"service":"","name":"a","traces":-1,"ns":0,"services":[],"steps":[]}]}"#,
      "roots[0].traces"
    ),
    (
      #"{"format":"trace-distiller-baseline","version":1,"roots":[{"service":"","name":"a","traces":1,"ns":[1,2,3,2,5],"services":[],"steps":[]}]}"#,
      "roots[0].ns"
    ),
    (
      #"{"format":"trace-distiller-baseline","version":1,"roots":[{"service":"","name":"a","traces":1,"ns":1,"services":[],"steps":[{"depth":1,"service":"","name":"a","calls":1}]}]}"#,
      "below no step of 0"
    ),
  ]

  @Test(arguments: wrong) func aWrongOneIsToldByItsPlace(_ text: String, _ says: String) throws {
    do throws(BaselineError) {
      let baseline = try CheckBaseline(try! JSONValue(parsing: text))
      Issue.record("\(text) is taken as \(baseline)")
    } catch {
      #expect(error.description.contains(says), "\(text): \(error)")
    }
  }

  @Test func stepsAreBounded() throws {
    var sketch = CheckedRecording.single("root")
    let letters = (0..<2_100).map { String(decoding: String($0).utf8.map { $0 - 48 + 97 }, as: UTF8.self) }
    let parent = sketch.spans[0].id
    for name in letters { sketch.spans.append(SketchSpan(id: name, parent: parent, name: name, start: 0, end: 1_000_000)) }
    let root = CheckedRecording.baseline([sketch.distilled()]).roots[0]
    #expect(root.steps.count == CheckBaseline.mostSteps && root.leftOut == 101, "\(root.steps.count), \(root.leftOut)")
  }

  /// By rank, among zeros.
  @Test func quantilesCountThoseThatHaveNone() {
    #expect(Quantiles([5, 3, 4], of: 3) == Quantiles(least: 3, low: 3, median: 4, high: 4, most: 5))
    #expect(Quantiles([7], of: 5) == Quantiles(least: 0, low: 0, median: 0, high: 0, most: 7))
    #expect(Quantiles([], of: 0) == .zero)
    #expect(Quantiles([.max, .max - 1, 0, 0, .max], of: 5).upperFence == .max)
  }
}

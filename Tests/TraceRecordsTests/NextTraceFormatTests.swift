// Proves that the lines of `.next/trace` become one trace on the wall clock, with the precision of the finer one.

import Testing

@testable import TraceRecords

struct NextTraceFormatTests {
  static let trace = "e4314ee52da35d20"

  @Test func aBuild() throws {
    let bytes = try fixture("next-trace")
    let got = read(bytes, as: RecordStream())
    let expected = [
      #"span (openTelemetry) \#(Self.trace)/4 <1 "generate-buildid" at 31212000ns from 31ms took 212000ns"#,
      #"span (openTelemetry) \#(Self.trace)/5 <1 "static-check" at 32653000ns from 31391000ns took 1262000ns [pages=3]"#,
      #"span (openTelemetry) \#(Self.trace)/1 root "next-build" at 91ms from 1ms took 90ms [version="15.0.0", has-custom-webpack-config="false"]"#,
    ]
    #expect(got.records == expected, "\n  expected \(expected)\n  got      \(got.records)")
    #expect(got.records == read(bytes).records, "a pipe reads the same")
  }

  @Test func whatIsUnusable() {
    let line =
      #"[{"name":"n","timestamp":1,"duration":null,"id":1,"traceId":"t"},{"name":"n","timestamp":1,"traceId":"t"},{"id":2,"traceId":"t"}]"#
    let got = read(line)
    #expect(got.statistics.records == 1 && got.statistics.invalidRecords == 2 && got.statistics.unusableFields == 1, "\(got.counters)")
    let foreign = "not a record of a known format (a list of an object with id, traceId)"
    #expect(got.problems.map(\.reason) == ["Next.js span without id", foreign])
  }
}

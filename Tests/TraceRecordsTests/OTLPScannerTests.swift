// The same for OTLP lines as `ScannerTests` for native ones: the scanner accepts what SDKs write, and reads it like the reference decoder.

import Foundation
import Testing

@testable import TraceRecords

@Suite struct OTLPScannerTests {
  private static let ids = #""traceId":"63a1d3e3e3ad65cdd547467ac5d4259b","spanId":"387af33c0774ae1b""#
  private static let times = #""startTimeUnixNano":"1795462602021101353","endTimeUnixNano":"1795462602024858682""#

  private func line(_ span: String) -> String {
    #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"lib"},"spans":[{\#(span)}]}]}]}"#
  }

  private func line(more: String) -> String { line("\(Self.ids),\(Self.times)" + (more.isEmpty ? "" : ",") + more) }

  @Test func whatSDKsWriteIsTaken() {
    for more in [
      "", #""parentSpanId":"","name":"n","kind":2,"flags":256,"attributes":[],"events":[],"links":[],"status":{}"#,
      #""parentSpanId":"0000000000000000","status":{"code":2,"message":"no \"route\""}"#,
      #""parentSpanId":"29d7f1c5918a1e8d","status":{"code":1}"#, #""kind":"SPAN_KIND_SERVER","status":{"code":"ERROR"}"#,
      #""parentSpanId":"29D7F1C5918A1E8D""#,
      #""events":[{"name":"log","attributes":[{"key":"message","value":{"stringValue":"m\n"}},{"key":"severity","value":{"stringValue":"Warning"}}]},{"name":"error","attributes":[{"key":"error.object","value":{"stringValue":"o"}}]}]"#,
      #""attributes":[{"key":"a","value":{"stringValue":"x\n"}},{"key":"b","value":{"intValue":"-7"}},{"key":"c","value":{"intValue":7}},{"key":"d","value":{"doubleValue":0.5}},{"key":"e","value":{"doubleValue":2}},{"key":"f","value":{"boolValue":true}},{"key":"f","value":{"boolValue":false}}]"#,
      #""events":[{"timeUnixNano":"1795462602024822098","name":"e","attributes":[{"key":"a","value":{"intValue":"1099511627776"}}]},{"name":"exception","attributes":[{"key":"exception.type","value":{"stringValue":"E"}},{"key":"exception.message","value":{"stringValue":"a\tb"}},{"key":"exception.escaped","value":{"stringValue":"True"}}]}]"#,
      #""events":[{"name":"exception","attributes":[{"key":"exception.message","value":{"stringValue":"m"}}]},{"name":"exception"}],"status":{"code":2}"#,
      #""attributes":[{"key":"a","value":{"arrayValue":{"values":[{"stringValue":"x\n"},{"intValue":"7"},{"boolValue":true}]}}},{"key":"b","value":{"arrayValue":{"values":[]}}}]"#,
      #""events":[{"name":"e","attributes":[{"key":"a","value":{"intValue":1}},{"key":"level","value":{"stringValue":"WARN"}},{"key":"target","value":{"stringValue":"shop"}}]}],"links":[{"traceId":"63a1d3e3e3ad65cdd547467ac5d4259b","spanId":"29d7f1c5918a1e8d","attributes":[]},{"spanId":"29d7f1c5918a1e8d","traceId":"63a1d3e3e3ad65cdd547467ac5d4259b","flags":1}],"traceState":"a=b","attributes":[{"key":"own","value":{"intValue":2}}]"#,
      #""attributes":[{"key":"own","value":{"intValue":2}}],"events":[{"name":"e","attributes":[{"key":"a","value":{"intValue":1}}]}],"links":[{"traceId":"63a1d3e3e3ad65cdd547467ac5d4259b","spanId":"29d7f1c5918a1e8d"}]"#,
      #""attributes":[{"key":"own","value":{"intValue":2}}],"traceState":"a=b","links":[]"#,
    ] { checkScanned(line(more: more), isTaken: true) }
    checkScanned(
      line(more: "").replacingOccurrences(of: ",", with: " , ").replacingOccurrences(of: ":", with: " : ") + " \r", isTaken: true)
    checkScanned(
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[{\#(Self.ids),\#(Self.times)},{\#(Self.ids),\#(Self.times)}]},{"scope":{},"spans":[{\#(Self.ids),\#(Self.times)}],"schemaUrl":"u"}]},{"resource":{"attributes":[{"key":"process.pid","value":{"intValue":"12"}},{"key":"list","value":{"arrayValue":{"values":[]}}}]},"scopeSpans":[{"spans":[{\#(Self.ids),\#(Self.times)}]}]}]}"#,
      isTaken: true)
  }

  @Test func whatNeedsJudgementIsLeftToJansson() {
    for more in [
      #""attributes":[{"key":"a","value":{"kvlistValue":{"values":[]}}}]"#, #""attributes":[{"key":"a","value":{}}]"#,
      #""attributes":[{"value":{"intValue":"1"},"key":"a"}]"#, #""attributes":[{"key":"a","value":{"arrayValue":{}}}]"#,
      #""attributes":[{"key":"a","value":{"arrayValue":{"values":[{"doubleValue":0.5}]}}}]"#,
      #""attributes":[{"key":"a","value":{"arrayValue":{"values":[{"stringValue":"\u0041"}]}}}]"#,
      #""attributes":[{"key":"a","value":{"arrayValue":{"values":[{"arrayValue":{"values":[]}}]}}}]"#,
      #""attributes":[{"key":"trace_distiller.running","value":{"boolValue":true}}]"#, #""links":[{"traceId":"x","spanId":"y"}]"#,
      #""links":[{"traceId":"63a1d3e3e3ad65cdd547467ac5d4259b","spanId":"29d7f1c5918a1e8d","attributes":[{"key":"a","value":{"intValue":1}}]}]"#,
      #""kind":"SPAN_KIND_WORKER""#, #""kind":"SPAN_KIND\u005fSERVER""#, #""traceId":"63a1d3e3e3ad65cdd547467ac5d4259b""#,
      #""status":{"code":3}"#,
      #""parentSpanId":["29D7F1C5918A1E8D"]"#, #""events":[{"attributes":[]}]"#,
      #""events":[{"name":"e","attributes":[{"key":"target","value":{"intValue":"1"}}]}]"#,
      #""attributes":[{"key":"a","value":{"intValue":"1e3"}}]"#, #""attributes":[{"key":"a","value":{"doubleValue":"NaN"}}]"#,
    ] { checkScanned(line(more: more), isTaken: false) }
    for span in [
      "", Self.ids, Self.times, #""spanId":"387af33c0774ae1b",\#(Self.times)"#,
      #"\#(Self.ids),"startTimeUnixNano":"0","endTimeUnixNano":"5""#,
      #"\#(Self.ids),"startTimeUnixNano":"1767225600000000","endTimeUnixNano":"1767225600000005""#,
      #""traceId":"00000000000000000000000000000000","spanId":"387af33c0774ae1b",\#(Self.times)"#,
    ] { checkScanned(line(span), isTaken: false) }
    checkScanned(#"{"resourceSpans":[{"scopeSpans":[{"spans":[{\#(Self.ids),\#(Self.times)}],"scope":{"name":"late"}}]}]}"#, isTaken: false)
    checkScanned(#"{"resourceSpans":[{"scopeSpans":[],"resource":{}}]}"#, isTaken: false)
    checkScanned(#"{"resourceSpans":[{"instrumentationLibrarySpans":[]}]}"#, isTaken: false)
    checkScanned(#"{"resourceSpans":[],"resourceLogs":[]}"#, isTaken: false)
    checkScanned(#"{"resourceLogs":[]}"#, isTaken: false)
  }

  @Test func cornersOfJSONAgree() {
    let places = [
      line(more: #""attributes":[{"key":"a","value":{"stringValue":@}}]"#),
      line(more: #""attributes":[{"key":"a","value":{"intValue":@}}]"#),
      line(more: #""attributes":[{"key":"a","value":{"intValue":"@"}}]"#),
      line(more: #""attributes":[{"key":"a","value":{"doubleValue":@}}]"#),
      line(more: #""attributes":[{"key":"a","value":{"boolValue":@}}]"#),
      line(more: #""attributes":[{"key":@,"value":{"boolValue":true}}]"#),
      line(more: #""attributes":[{"key":"a","value":@}]"#), line(more: #""attributes":[@]"#), line(more: #""attributes":@"#),
      line(more: #""name":@"#),
      line(more: #""kind":@"#), line(more: #""parentSpanId":@"#), line(more: #""status":@"#),
      line(more: #""status":{"code":@,"message":@}"#),
      line(more: #""events":@"#), line(more: #""events":[@]"#), line(more: #""events":[{"name":@,"timeUnixNano":@}]"#),
      line(more: #""links":@"#),
      line(more: #""traceState":@"#), line(more: #""unknown":@"#), line(more: "@:1"),
      line(Self.ids + #","startTimeUnixNano":@,"endTimeUnixNano":@"#),
      line(#""traceId":@,"spanId":"387af33c0774ae1b",\#(Self.times)"#),
      line(more: #""events":[{"name":"exception","attributes":[{"key":"exception.message","value":{"stringValue":@}}]}]"#),
      line(more: #""attributes":[{"key":"a","value":{"arrayValue":{"values":[@,@]}}}]"#),
      line(more: #""attributes":[{"key":"a","value":{"arrayValue":@}}]"#),
      line(more: #""attributes":[{"key":"a","value":{"arrayValue":{"values":[{"stringValue":@},{"intValue":@}]}}}]"#),
      line(more: #""links":[@]"#),
      line(more: #""links":[{"traceId":@,"spanId":"29d7f1c5918a1e8d","attributes":@}]"#),
      line(more: #""events":[{"attributes":[{"key":"level","value":{"stringValue":@}},{"key":"target","value":{"stringValue":@}}]}]"#),
      line(more: #""events":[{"name":"exception","attributes":[{"key":"exception.escaped","value":{"boolValue":@}}]}]"#),
      #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":@}}]},"scopeSpans":[{"scope":{"name":@},"spans":[{\#(Self.ids),\#(Self.times)}]}]}]}"#,
      #"{"resourceSpans":[{"resource":@,"scopeSpans":@}]}"#, #"{"resourceSpans":@}"#, #"{"resourceSpans":[@]}"#, #"{"resourceSpans":[]}@"#,
    ]
    checkCorners(places)
  }

  @Test(arguments: 0..<4 as Range<UInt64>) func mutantsAgree(seed: UInt64) {
    let originals = [
      line(
        more:
          #""parentSpanId":"29d7f1c5918a1e8d","name":"n","kind":3,"attributes":[{"key":"a","value":{"stringValue":"x"}},{"key":"b","value":{"intValue":"7"}}],"status":{"code":2}"#
      ),
      line(
        more:
          #""events":[{"timeUnixNano":"1795462602024822098","name":"exception","attributes":[{"key":"exception.type","value":{"stringValue":"E"}}]}],"status":{}"#
      ),
      line(
        more:
          #""attributes":[{"key":"a","value":{"arrayValue":{"values":[{"stringValue":"x"}]}}}],"links":[{"traceId":"63a1d3e3e3ad65cdd547467ac5d4259b","spanId":"29d7f1c5918a1e8d"}],"traceState":"a=b","events":[{"name":"e","attributes":[{"key":"level","value":{"stringValue":"WARN"}}]}]"#
      ),
    ].map { Array($0.utf8) }
    checkMutants(of: originals, count: ScannerMutants.count / 20, seed: seed)
  }
}

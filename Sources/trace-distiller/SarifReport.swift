// A verdict as SARIF 2.1.0: what breaks a rule is a result, at the line of the program where spans say so.

import JSON
import Platform
import TraceContextServer
import TraceDistiller

enum SarifReport {
  static func text(_ output: CheckOutput) -> String {
    var kinds: [String] = []
    var results: [JSONValue] = []
    func take(_ kind: String, _ level: String, _ message: String, _ claim: CheckOutput.Claim?) {
      if !kinds.contains(where: { $0.utf8.elementsEqual(kind.utf8) }) { kinds.append(kind) }
      var result: JSONObject = ["ruleId": .string(kind), "level": .string(level), "message": ["text": .string(message)]]
      if let claim, let file = claim.file {
        var place: JSONObject = ["artifactLocation": ["uri": .string(uri(file))]]
        if let line = claim.line, line > 0 { place["region"] = ["startLine": .integer(line)] }
        result["locations"] = [["physicalLocation": .object(place)]]
      }
      if let claim, !claim.service.isEmpty || !claim.operation.isEmpty {
        result["partialFingerprints"] = ["claim/v1": .string("\(kind)|\(claim.service)|\(claim.operation)")]
      }
      results.append(.object(result))
    }
    for rule in output.rules where rule.verdict != .holds {
      let level = rule.verdict == .broken ? "error" : "warning"
      if rule.claims.isEmpty {
        take(
          rule.verdict == .broken ? "nothing" : "undecided", level, "\(rule.title): \(rule.reason.isEmpty ? rule.looked : rule.reason)", nil
        )
      }
      for claim in rule.claims { take(claim.kind, level, "\(rule.title): \(claim.whole)", claim) }
    }
    let rules = kinds.map { kind -> JSONValue in ["id": .string(kind), "shortDescription": ["text": .string(description(kind))]] }
    let driver: JSONObject = [
      "name": "trace-distiller", "version": .string(ServerVersion.text), "rules": .array(rules),
    ]
    let document: JSONValue = [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
      "runs": [["tool": ["driver": .object(driver)], "results": .array(results)]],
    ]
    return document.serializedString + "\n"
  }

  private static func description(_ kind: String) -> String {
    switch kind {
    case "limit": "A measure is beyond its limit"
    case "nothing": "A rule found nothing to look at"
    case "undecided": "A rule could not be decided"
    case "slower": "Slower than the baseline"
    case "moreCalls": "More calls than in the baseline"
    case "newCalls": "Calls that the baseline does not make"
    case "failed": "Failures"
    default: "Pattern \(kind)"
    }
  }

  /// A path as a URI; what is below the working directory is told from there, as code hosts expect.
  private static func uri(_ file: String) -> String {
    var path = Array(file.utf8)
    var isAbsolute = path.first == UInt8(ascii: "/")
    if isAbsolute, let here = WorkingDirectory.path {
      let beginning = Array((here == "/" ? here : here + "/").utf8)
      if path.starts(with: beginning) {
        path.removeFirst(beginning.count)
        isAbsolute = false
      }
    }
    var uri = isAbsolute ? "file://" : ""
    for byte in path {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
        uri.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        uri += "%" + (digits.utf8.count < 2 ? "0" : "") + digits
      }
    }
    return uri
  }
}

// What a check asks: rules of the command line and of a file, as parameters of traces/check.

import ArgumentParser
import JSON
import TraceDistiller

struct CheckQuestion {
  private(set) var params: JSONObject = [:]
  private(set) var filter: JSONValue?

  /// - Parameters:
  ///   - rules: a file: JSON, or a rule a line.
  ///   - filter: as JSON; it takes the place of the file's.
  init(rules: String?, ruleTexts: [String], filter: String?) throws {
    var texts: [String] = []
    if let rules {
      let file = try SmallFile.read(rules, limit: 1 << 20)
      if file.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
        texts = try readObject(file, rules)
      } else {
        texts = String(decoding: file, as: UTF8.self).utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
          .map { line in String(String(decoding: Array(line), as: UTF8.self).drop { $0 == " " || $0 == "\t" }) }
          .filter { !$0.isEmpty && !$0.hasPrefix("#") }
      }
      guard !texts.isEmpty else { throw ValidationError("\(rules) holds no rule") }
    }
    texts += ruleTexts
    for text in texts {
      do throws(RuleError) { _ = try CheckRule(parsing: text) } catch {
        throw ValidationError("rule \(error.description)")
      }
    }
    if !texts.isEmpty { params["rules"] = .array(texts.map { .string($0) }) }
    if let filter {
      do { self.filter = try JSONValue(parsing: filter) } catch { throw ValidationError("--filter: \(error)") }
    }
    params.append("filter", self.filter)
  }

  private mutating func readObject(_ bytes: [UInt8], _ path: String) throws -> [String] {
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes) } catch { throw ValidationError("\(path): \(error)") }
    guard let object = value.object else { throw ValidationError("\(path) must hold an object") }
    for key in object.keys where !["rules", "filter", "tolerance", "$schema"].contains(key) {
      let near = nearest(key, among: ["rules", "filter", "tolerance"], limit: 1)[0]
      throw ValidationError(
        "\(path) has \(VisibleText.quoted(key, limit: 60)), which is none of rules, filter, tolerance; did you mean \(near)?")
    }
    filter = object["filter"]
    params.append("tolerance", object["tolerance"])
    guard let rules = object["rules"]?.array else { throw ValidationError("\(path): rules must be a list of texts") }
    return try rules.map { rule in
      guard let text = rule.string else { throw ValidationError("\(path): rules must be a list of texts") }
      return text
    }
  }
}

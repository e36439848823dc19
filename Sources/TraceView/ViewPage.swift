// One trace as a page that needs nothing but a browser: HTML, style, script and data in one file, which may not reach any network.

package import JSON
package import TraceDistiller

/// The page of one trace.
package struct ViewPage {
  private let data: ViewData
  private let explanation: JSONValue
  private let text: String
  private let title: String

  /// The parts of the script, in the order in which they use each other. Each is a file of `Resources`.
  private static let scripts = [
    PackageResources.data_js, PackageResources.words_js, PackageResources.timeline_js, PackageResources.flame_js,
    PackageResources.details_js,
    PackageResources.findings_js, PackageResources.page_js,
  ]

  /// - Parameters:
  ///   - explanation: The facts of `trace/explain` as JSON.
  ///   - text: The same as an agent reads it.
  package init(_ trace: DistilledTrace, explanation: JSONValue, text: String) {
    data = ViewData(trace)
    self.explanation = explanation
    self.text = text
    title = trace.primaryRoot.map { VisibleText.make($0.name, limit: 80) } ?? VisibleText.make(trace.snapshot.traceID, limit: 80)
  }

  package var spanCount: Int { data.spanCount }

  /// The script of all pages: one strict function around all modules, without their `import` and `export`.
  static var script: [UInt8] {
    var script = Array("\"use strict\";\n(() => {\n".utf8)
    for part in scripts {
      for line in part.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) where !line.starts(with: "import ".utf8) {
        script.append(contentsOf: line.starts(with: "export ".utf8) ? line.dropFirst(7) : line)
        script.append(UInt8(ascii: "\n"))
      }
    }
    script.append(contentsOf: "})();\n".utf8)
    return script
  }

  /// What the page may do: run this script, apply this style. Nothing else, and no request at all.
  static var policy: String {
    let (script, style) = (base64(sha256(script)), base64(sha256(PackageResources.page_css)))
    return "default-src 'none'; script-src 'sha256-\(script)'; style-src 'sha256-\(style)'; base-uri 'none'; form-action 'none'"
  }

  /// The whole file.
  package var html: String {
    let facts = JSONValue.object(["explain": explanation, "text": .string(text)])
    var page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    page += "<meta http-equiv=\"Content-Security-Policy\" content=\"\(Self.policy)\">\n"
    page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
    page += "<title>\(Self.escaped(title))</title>\n<style>"
    page += String(decoding: PackageResources.page_css, as: UTF8.self)
    page += "</style>\n</head>\n"
    page += String(decoding: PackageResources.body_html, as: UTF8.self)
    page += "<script type=\"application/json\" id=\"facts\">"
    page += Self.withoutTags(facts.serializedString)
    page += "</script>\n<script type=\"application/json\" id=\"trace\">"
    page += data.json
    page += "</script>\n<script>"
    page += String(decoding: Self.script, as: UTF8.self)
    page += "</script>\n</body>\n</html>\n"
    return page
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  /// JSON in which nothing can end its element.
  private static func withoutTags(_ json: String) -> String {
    String(decoding: json.utf8.flatMap { $0 == UInt8(ascii: "<") ? Array("\\u003c".utf8) : [$0] }, as: UTF8.self)
  }
}

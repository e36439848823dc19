// Pages of help that belong to no command.

import TraceDistiller

enum HelpPage {
  case text(String)
  case unknown(String)

  /// Nil where the word may be a command's.
  init?(_ word: String) {
    switch word {
    case "agents": self = .text(AgentGuide.text)
    case "methods", "METHODS": self = .text(HelpPage.methods)
    case _ where word.contains("/"):
      if let page = MethodPages.all.first(where: { $0.name == word }) {
        self = .text("\(page.name): \(page.summary)\n\n\(page.parameters)\(HelpPage.use(of: page.name))")
      } else {
        let near = nearest(word, among: MethodPages.names, limit: 3)
        self = .unknown("there is no method \(word); near: \(near.joined(separator: ", ")); 'trace-distiller help methods' lists all")
      }
    default: return nil
    }
  }

  private static func use(of method: String) -> String {
    """

    trace-distiller call \(method) '{…}' FILE… [--text]
    Errors, results and examples: protocol/openrpc.json

    """
  }

  private static var methods: String {
    let width = MethodPages.names.map(\.count).max() ?? 0
    let lines = MethodPages.all.map { page in page.name + String(repeating: " ", count: width + 2 - page.name.count) + page.summary }
    return lines.joined(separator: "\n") + "\n\n'trace-distiller help METHOD' tells what one of them takes.\n"
  }
}

// Texts say which call shows what they leave out. Whoever asks through another door knows our methods by other names.

/// How the calls are named that texts advise: as methods (`trace/summary`), unless a door has a name of its own for one.
package struct CallNames: Sendable {
  /// The methods as they are.
  package static let methods = CallNames([:])

  private let names: [String: String]

  /// - Parameter names: By method.
  package init(_ names: [String: String]) { self.names = names }

  package func callAsFunction(_ method: String) -> String { names[method] ?? method }

  /// Whether callers can reach the method.
  package func has(_ method: String) -> Bool { names.isEmpty || names[method] != nil }
}

// The names of our methods in texts. Texts name the call that shows what they leave out, and callers at other doors know our methods by
// other names.

/// The names of the calls that texts recommend: method names (`trace/summary`), unless a door has its own name for a method.
package struct CallNames: Sendable {
  /// The method names unchanged.
  package static let methods = CallNames([:])

  private let names: [String: String]

  /// - Parameter names: By method; empty for the method names themselves.
  package init(_ names: [String: String]) { self.names = names }

  package func callAsFunction(_ method: String) -> String { names[method] ?? method }

  /// Whether callers can reach the method.
  package func has(_ method: String) -> Bool { names.isEmpty || names[method] != nil }
}

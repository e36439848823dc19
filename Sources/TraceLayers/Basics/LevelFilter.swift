// Decides by target and level what is recorded: directives in the style of RUST_LOG, from code or the environment.

public import Logging
import Platform

/// Directives such as `info,my.module=debug,noisy=off`. A level alone applies to every target that no other directive names; a target alone
/// means `trace`.
///
/// A directive applies to its target and everything below it (`my.module` to `my.module.part`, and `my::module` to `my::module::part`). The
/// longest matching directive decides; of equally long ones the last. If no directive matches, the logger's own level decides (initially
/// `info`), and spans are recorded.
public struct LevelFilter: Sendable, ExpressibleByStringLiteral {
  /// Allows everything.
  public static let all = LevelFilter("")
  /// The variable that `fromEnvironment()` reads.
  public static let environmentVariable = "TRACE_DISTILLER_LOG"

  /// Directives that could not be parsed and were skipped, as they were written.
  public private(set) var skippedDirectives: [String] = []

  enum Decision: Sendable, Equatable {
    case unsaid, off
    /// This level and more severe ones.
    case from(Logger.Level)
  }

  private struct Directive: Sendable {
    var target: [UInt8]
    var decision: Decision
  }

  /// Longest target first; of equally long ones the last written first.
  private var directives: [Directive] = []
  private var others = Decision.unsaid

  /// Never fails; see `skippedDirectives`.
  public init(_ text: String) {
    for part in text.utf8.split(separator: UInt8(ascii: ",")) {
      let directive = LevelFilter.trimmed(part)
      if !directive.isEmpty, !add(directive) { skippedDirectives.append(directive) }
    }
    directives.reverse()
    // A stable sort: of equal lengths the last written stays first.
    directives = directives.enumerated()
      .sorted { ($1.element.target.count, $0.offset) < ($0.element.target.count, $1.offset) }
      .map(\.element)
  }

  /// The same as `init(_:)`.
  public init(stringLiteral text: String) { self.init(text) }

  /// The filter in `TRACE_DISTILLER_LOG`; nil if the variable is not set.
  public static func fromEnvironment() -> LevelFilter? { getenv(environmentVariable).map { LevelFilter(String(cString: $0)) } }

  /// Whether a log or span of this level and target is recorded.
  /// - Complexity: O(directives).
  public func allows(_ level: Logger.Level, target: String) -> Bool {
    switch decision(for: target) {
    case .unsaid: true
    case .off: false
    case .from(let least): level >= least
    }
  }

  func decision(for target: String) -> Decision {
    for directive in directives where LevelFilter.holds(directive.target, for: target) { return directive.decision }
    return others
  }

  private static func holds(_ directive: [UInt8], for target: String) -> Bool {
    let bytes = target.utf8
    guard bytes.starts(with: directive) else { return false }
    let rest = bytes.dropFirst(directive.count)
    return rest.isEmpty || rest.first == UInt8(ascii: ".") || rest.starts(with: "::".utf8)
  }

  // MARK: Parsing

  private mutating func add(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false).map(LevelFilter.trimmed)
    switch parts.count {
    case 1:
      if let decision = LevelFilter.decision(named: parts[0]) {
        others = decision
        return true
      }
      return add(target: parts[0], .from(.trace))
    case 2:
      guard let decision = LevelFilter.decision(named: parts[1]) else { return false }
      return add(target: parts[0], decision)
    default: return false
    }
  }

  private mutating func add(target: String, _ decision: Decision) -> Bool {
    let bytes = Array(target.utf8)
    // EnvFilter's syntax in brackets (fields, spans) is not supported.
    guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !"[]{}\"".utf8.contains($0) }) else { return false }
    directives.append(Directive(target: bytes, decision: decision))
    return true
  }

  private static func decision(named name: String) -> Decision? {
    switch name.lowercased() {
    case "off": .off
    case "warn": .from(.warning)
    case let level: Logger.Level(rawValue: level).map { .from($0) }
    }
  }

  private static func trimmed(_ text: Substring.UTF8View) -> String {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    let end = text.lastIndex { !isBlank($0) }.map { text.index(after: $0) } ?? text.startIndex
    return String(Substring(text[..<end].drop(while: isBlank)))
  }
}

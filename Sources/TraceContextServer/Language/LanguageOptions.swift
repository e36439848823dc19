// What a user may choose of the language door: `initializationOptions`, and `workspace/didChangeConfiguration`.

import JSON

struct LanguageOptions: Sendable, Equatable {
  /// Features that are on or off.
  enum Feature: String, Sendable, CaseIterable {
    case hover, diagnostics, findings, codeLens, inlayHints, documentLinks, workspaceSymbols, callHierarchy
  }

  private(set) var off: Set<Feature> = []
  /// Shorter times get no hint at the end of their line, and lenses only where something failed.
  private(set) var minMs = 0.0
  /// The most diagnostics of a file: agents read them all.
  private(set) var maxDiagnostics = 20
  /// The most traces that times are taken from.
  private(set) var maxTraces = 50
  private(set) var pathMappings: [PathMapping] = []
  /// What could not be read, for the client's log.
  private(set) var complaints: [String] = []

  struct PathMapping: Sendable, Equatable {
    var from: String
    var to: String
  }

  init() {}

  /// Unknown members are told and change nothing; a member that cannot be read leaves the usual value.
  init(_ value: JSONValue?) {
    guard let value, value != .null else { return }
    // Editors that keep the settings of all servers in one object send ours below our name.
    let own = value["traceDistiller"] ?? value["trace-distiller"] ?? value
    guard let object = own.object else {
      complaints = ["options are an object"]
      return
    }
    for (key, value) in object.members {
      switch key {
      case "minMs":
        if let number = value.double, number >= 0, number.isFinite {
          minMs = number
        } else {
          complaints.append("minMs is a number from 0 on")
        }
      case "maxDiagnostics": maxDiagnostics = number(value, key, 0...1_000) ?? maxDiagnostics
      case "maxTraces": maxTraces = number(value, key, 1...500) ?? maxTraces
      case "pathMappings":
        guard let list = value.array else {
          complaints.append("pathMappings is a list of {\"from\", \"to\"}")
          continue
        }
        for entry in list.prefix(64) {
          guard let from = entry["from"]?.string, let to = entry["to"]?.string, !from.isEmpty, !to.isEmpty else {
            complaints.append("an entry of pathMappings has \"from\" and \"to\"")
            continue
          }
          pathMappings.append(PathMapping(from: from, to: to))
        }
      default:
        guard let feature = Feature(rawValue: key) else {
          complaints.append("\(key) is not known; there are \(Self.names.joined(separator: ", "))")
          continue
        }
        guard let isOn = value.bool else {
          complaints.append("\(key) is true or false")
          continue
        }
        if isOn { off.remove(feature) } else { off.insert(feature) }
      }
    }
  }

  static let names = Feature.allCases.map(\.rawValue) + ["minMs", "maxDiagnostics", "maxTraces", "pathMappings"]

  func has(_ feature: Feature) -> Bool { !off.contains(feature) }

  private mutating func number(_ value: JSONValue, _ key: String, _ range: ClosedRange<Int64>) -> Int? {
    if let number = value.integer, range.contains(number) { return Int(number) }
    complaints.append("\(key) is a number from \(range.lowerBound) to \(range.upperBound)")
    return nil
  }
}

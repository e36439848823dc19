// Proves that a target's entry in Package.swift lists what its sources import. The build also accepts modules that a dependency brings
// along, so that a wrong entry would not be noticed.

import Foundation
import Testing

@Suite struct ManifestTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
  /// Modules of the toolchain.
  private static let given: Set<String> = ["Swift", "Synchronization", "Dispatch", "Testing", "Foundation", "XCTest"]

  @Test func `A target imports only what the manifest gives it`() throws {
    let entries = try Self.entries()
    try #require(entries.count > 15, "\(entries.map(\.name))")
    for entry in entries {
      let imported = try Self.imports(below: Self.root.appending(path: entry.folder))
      let ofSystem: Set<String> = entry.name == "Platform" ? ["Glibc", "Musl", "Darwin"] : []
      let missing = imported.subtracting(entry.dependencies).subtracting(Self.given).subtracting(ofSystem)
      #expect(missing.isEmpty, "\(entry.name) imports \(missing.sorted()), which its entry in Package.swift does not list")
    }
  }

  private struct Entry {
    var name: String
    var folder: String
    var dependencies: Set<String>
  }

  /// The entries of targets with Swift sources.
  private static func entries() throws -> [Entry] {
    let manifest = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
    return manifest.components(separatedBy: "arget(").dropFirst().zip(kinds(of: manifest)).compactMap { text, isTest in
      guard let name = quoted(text, after: "name:").first else { return nil }
      let folder = quoted(text, after: "path:").first ?? (isTest ? "Tests/" : "Sources/") + name
      return Entry(name: name, folder: folder, dependencies: Set(quoted(text, after: "dependencies:")))
    }
  }

  /// For each `…arget(`, whether it is a test target.
  private static func kinds(of manifest: String) -> [Bool] {
    manifest.components(separatedBy: "arget(").dropLast().map { $0.hasSuffix(".testT") }
  }

  /// The quoted words after a label, up to the next label or the end of the entry.
  private static func quoted(_ text: String, after label: String) -> [String] {
    guard let start = text.range(of: label) else { return [] }
    let rest = text[start.upperBound...]
    let end = [", swiftSettings", ", path:", ", resources:", ", exclude:", "\n      swiftSettings", "\n      resources"]
      .compactMap { rest.range(of: $0)?.lowerBound }.min()
    let part = rest[..<(end ?? rest.endIndex)]
    return part.components(separatedBy: "\"").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
  }

  private static func imports(below folder: URL) throws -> Set<String> {
    var imported: Set<String> = []
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift" else { continue }
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: "import"), place + 1 < words.endIndex,
          words[place + 1].allSatisfy({ $0.isLetter || $0 == "_" }),
          words[..<place].allSatisfy({ $0.hasPrefix("@") || ["public", "package", "internal"].contains($0) })
        else { continue }
        imported.insert(String(words[place + 1]))
      }
    }
    return imported
  }
}

extension Sequence {
  fileprivate func zip<Other: Sequence>(_ other: Other) -> [(Element, Other.Element)] { Array(Swift.zip(self, other)) }
}

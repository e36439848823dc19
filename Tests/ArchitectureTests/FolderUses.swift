// Which folder of a target uses which other one: found by looking for the names of top-level types in the text of the sources.

import Foundation

/// The sources of one target as the walls see them.
struct FolderUses {
  /// For each folder, the folders it uses and by which types.
  private(set) var uses: [String: [String: Set<String>]] = [:]
  private(set) var folders: Set<String> = []

  /// Files that lie beside the folders of a target.
  static let top = "(top)"

  init(target: String) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/\(target)").standardizedFileURL
    var names: [String: Set<[UInt8]>] = [:]
    var own: [String: Set<[UInt8]>] = [:]
    var homes: [[UInt8]: String] = [:]
    let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift" else { continue }
      let parts = file.standardizedFileURL.pathComponents.dropFirst(root.pathComponents.count)
      let folder = parts.count > 1 ? parts.first! : Self.top
      folders.insert(folder)
      let code = SwiftCode(try Data(contentsOf: file))
      for name in code.declared { homes[name] = folder }
      names[folder, default: []].formUnion(code.mentioned)
      own[folder, default: []].formUnion(code.own)
    }
    for (folder, mentioned) in names {
      for name in mentioned.subtracting(own[folder] ?? []) {
        guard let home = homes[name], home != folder else { continue }
        uses[folder, default: [:]][home, default: []].insert(String(decoding: name, as: UTF8.self))
      }
    }
  }
}

/// A source file without its comments and string literals.
private struct SwiftCode {
  /// Types that other files can name.
  private(set) var declared: [[UInt8]] = []
  /// Types at any depth: a nested type hides one of the same name elsewhere.
  private(set) var own: Set<[UInt8]> = []
  /// Words with a capital that are not members of something.
  private(set) var mentioned: Set<[UInt8]> = []

  private static let modifiers = ["package", "public", "internal", "final", "indirect", "nonisolated"].map { Array($0.utf8) }
  private static let kinds = ["struct", "class", "enum", "protocol", "actor", "typealias"].map { Array($0.utf8) }

  init(_ text: Data) {
    var isInText = false
    for line in text.split(separator: UInt8(ascii: "\n")) {
      let words = Self.words(Array(line), &isInText)
      for word in words where !word.isMember && (0x41...0x5A).contains(word.text[0]) { mentioned.insert(word.text) }
      for (kind, name) in zip(words, words.dropFirst()) where Self.kinds.contains(kind.text) { own.insert(name.text) }
      guard let first = words.first, first.column == 0 else { continue }
      let rest = words.drop { Self.modifiers.contains($0.text) || $0.text[0] == UInt8(ascii: "@") }
      if rest.count > 1, Self.kinds.contains(rest.first!.text) { declared.append(rest.dropFirst().first!.text) }
    }
  }

  /// The words of a line, up to a comment, without literals.
  private static func words(_ line: [UInt8], _ isInText: inout Bool) -> [(text: [UInt8], column: Int, isMember: Bool)] {
    var words: [(text: [UInt8], column: Int, isMember: Bool)] = []
    var place = 0
    while place < line.count {
      let byte = line[place]
      if line[place...].starts(with: [0x22, 0x22, 0x22]) {
        isInText.toggle()
        place += 3
      } else if isInText {
        place += 1
      } else if byte == UInt8(ascii: "\"") {
        place += 1
        while place < line.count, line[place] != byte { place += line[place] == UInt8(ascii: "\\") ? 2 : 1 }
        place += 1
      } else if byte == UInt8(ascii: "/"), place + 1 < line.count, line[place + 1] == byte {
        break
      } else if isWordByte(byte) || byte == UInt8(ascii: "@") {
        let start = place
        repeat { place += 1 } while place < line.count && isWordByte(line[place])
        words.append((Array(line[start..<place]), start, start > 0 && line[start - 1] == UInt8(ascii: ".")))
      } else {
        place += 1
      }
    }
    return words
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_") || byte >= 0x80
  }
}

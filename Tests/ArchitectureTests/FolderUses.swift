// Finds which folder of a target uses which other one: by names of top-level types in the sources, and by members that a folder adds to
// types of others.

import Foundation

/// The sources of one target, as the wall tests use them.
struct FolderUses {
  /// For each folder, the folders it uses and by which types.
  private(set) var uses: [String: [String: Set<String>]] = [:]
  private(set) var folders: Set<String> = []

  /// The pseudo folder for files beside the folders of a target.
  static let top = "(top)"

  init(target: String) throws {
    let all = try Self.all.get()
    var names: [String: Set<[UInt8]>] = [:]
    var own: [String: Set<[UInt8]>] = [:]
    var homes: [[UInt8]: String] = [:]
    var members: [[UInt8]: Set<String>] = [:]
    var extending: [[UInt8]: String] = [:]
    var asked: [String: Set<[UInt8]>] = [:]
    for (_, folder, code) in all.filter({ $0.target == target }) {
      folders.insert(folder)
      for name in code.declared { homes[name] = folder }
      names[folder, default: []].formUnion(code.mentioned)
      own[folder, default: []].formUnion(code.own)
      asked[folder, default: []].formUnion(code.asked)
      for name in code.members { members[name, default: []].insert(folder) }
      for name in code.extending { extending[name] = folder }
    }
    // A member name declared in two folders or two targets does not show which of them is used. One word is also in the standard library.
    let elsewhere = all.filter { $0.target != target }.reduce(into: Set<[UInt8]>()) { $0.formUnion($1.code.members) }
    for (name, home) in extending where members[name] == [home] && !elsewhere.contains(name) && name.contains(where: { $0 < 0x60 }) {
      for (folder, asked) in asked where folder != home && asked.contains(name) {
        uses[folder, default: [:]][home, default: []].insert("." + String(decoding: name, as: UTF8.self))
      }
    }
    for (folder, mentioned) in names {
      for name in mentioned.subtracting(own[folder] ?? []) {
        guard let home = homes[name], home != folder else { continue }
        uses[folder, default: [:]][home, default: []].insert(String(decoding: name, as: UTF8.self))
      }
    }
  }

  private static let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources").standardizedFileURL

  /// Every source, read once for all tables: its target, its folder in it, and its code.
  private static let all: Result<[(target: String, folder: String, code: SwiftCode)], any Error> = Result {
    var all: [(target: String, folder: String, code: SwiftCode)] = []
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    while let file = files?.nextObject() as? URL {
      let parts = Array(file.standardizedFileURL.pathComponents.dropFirst(sources.pathComponents.count))
      guard file.pathExtension == "swift" else { continue }
      all.append((parts[0], parts.count > 2 ? parts[1] : top, SwiftCode(try Data(contentsOf: file))))
    }
    return all
  }
}

/// A source file without its comments and string literals.
private struct SwiftCode {
  /// Types that other files can name.
  private(set) var declared: [[UInt8]] = []
  /// Types at any depth: a nested type hides one with the same name elsewhere.
  private(set) var own: Set<[UInt8]> = []
  /// Capitalised words that are not members of something.
  private(set) var mentioned: Set<[UInt8]> = []
  /// Members that are declared anywhere in it.
  private(set) var members: Set<[UInt8]> = []
  /// The members among these that are declared in extensions and visible to other files.
  private(set) var extending: Set<[UInt8]> = []
  /// Words after a dot.
  private(set) var asked: Set<[UInt8]> = []

  private static let modifiers = ["package", "public", "internal", "final", "indirect", "nonisolated"].map { Array($0.utf8) }
  private static let memberKinds = ["func", "var", "let", "case"].map { Array($0.utf8) }
  private static let hidden = ["private", "fileprivate", "override"].map { Array($0.utf8) }
  private static let kinds = ["struct", "class", "enum", "protocol", "actor", "typealias"].map { Array($0.utf8) }

  init(_ text: Data) {
    var isInText = false
    var isInExtension = false
    for line in text.split(separator: UInt8(ascii: "\n")) {
      let words = Self.words(Array(line), &isInText)
      for word in words where !word.isMember && (0x41...0x5A).contains(word.text[0]) { mentioned.insert(word.text) }
      for (kind, name) in zip(words, words.dropFirst()) where Self.kinds.contains(kind.text) { own.insert(name.text) }
      for word in words where word.isMember { asked.insert(word.text) }
      for (kind, name) in zip(words, words.dropFirst()) where Self.memberKinds.contains(kind.text) {
        members.insert(name.text)
        let isSeen = isInExtension && words.first?.column == 2 && !words.contains { Self.hidden.contains($0.text) }
        if isSeen { extending.insert(name.text) }
      }
      guard let first = words.first, first.column == 0 else { continue }
      isInExtension = words.contains { $0.text == Array("extension".utf8) } && !words.contains { Self.hidden.contains($0.text) }
      let rest = words.drop { Self.modifiers.contains($0.text) || $0.text[0] == UInt8(ascii: "@") }
      if rest.count > 1, Self.kinds.contains(rest.first!.text) { declared.append(rest.dropFirst().first!.text) }
    }
  }

  /// The words of a line up to a comment, without literals.
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

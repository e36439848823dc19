// The library's own sources, for tests about how they are written.

import Platform
import Testing

enum SourceFiles {
  /// All Swift files in a directory, sorted by path.
  static func swift(below directory: String) throws -> [String] {
    let entries = try #require(opendir(directory), "\(directory) cannot be read")
    defer { closedir(entries) }
    var found: [String] = []
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      let path = "\(directory)/\(name)"
      if name.hasSuffix(".swift") { found.append(path) }
      if Int32(entry.pointee.d_type) == DT_DIR, !name.hasPrefix(".") { found += try swift(below: path) }
    }
    return found.sorted()
  }

  static func lines(of path: String) throws -> [String] {
    let file = try #require(fopen(path, "r"), "\(path) cannot be read")
    defer { fclose(file) }
    var lines: [String] = []
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, file) >= 0 { lines.append(String(cString: line!)) }
    return lines
  }

  static func isPublicDeclaration(_ line: String) -> Bool {
    let words = line.trimmed.split(separator: " ")
    return words.first == "public" && words.dropFirst().first != "import"
  }
}

extension String {
  /// Without leading blanks, up to the end of the line.
  var trimmed: Substring { drop { $0.isWhitespace }.prefix { !$0.isNewline } }
}

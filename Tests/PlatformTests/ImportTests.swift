// Platform is the only target that imports a C library. Another import would build here, but not on other systems.

import Platform
import Testing

@Suite struct ImportTests {
  @Test func `No file outside Platform imports a C library`() throws {
    var root = Array(#filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)).joined(separator: "/")
    if root.isEmpty { root = "." }
    let files = swiftFiles(below: root + "/Sources") + swiftFiles(below: root + "/Tests")
    try #require(files.count > 300, "\(files.count) files found below \(root)")
    var importers: [String] = []
    for file in files where !file.hasPrefix(root + "/Sources/Platform/") {
      for line in text(of: file).split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: "import"), place + 1 < words.endIndex, words[..<place].allSatisfy(isModifier) else {
          continue
        }
        if ["Glibc", "Musl", "Darwin", "Foundation", "FoundationEssentials"].contains(String(words[place + 1])),
          isOurs(file, words[place + 1])
        {
          importers.append("\(file): \(line)")
        }
      }
    }
    #expect(importers.isEmpty, "\(importers)")
  }

  /// Tests may use Foundation; sources may not.
  private func isOurs(_ file: String, _ module: Substring) -> Bool { file.contains("/Sources/") || !module.hasPrefix("Foundation") }

  private func isModifier(_ word: Substring) -> Bool { word.hasPrefix("@") || ["public", "package", "internal", "private"].contains(word) }

  private func swiftFiles(below folder: String) -> [String] {
    var found: [String] = []
    var folders = [folder]
    while let next = folders.popLast() {
      guard let entries = opendir(next) else { continue }
      defer { closedir(entries) }
      while let entry = readdir(entries) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        guard !name.hasPrefix(".") else { continue }
        var status = stat()
        guard lstat("\(next)/\(name)", &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR { folders.append("\(next)/\(name)") }
        if name.hasSuffix(".swift") { found.append("\(next)/\(name)") }
      }
    }
    return found
  }

  private func text(of file: String) -> String {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { piece in
      while case .bytes(let count) = FileDescriptors.read(descriptor, into: piece) {
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece[..<count]))
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

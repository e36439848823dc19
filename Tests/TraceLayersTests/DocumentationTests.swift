// Proves that every public declaration of the libraries has a documentation comment.

import Testing

@testable import TraceLayers

@Suite struct DocumentationTests {
  @Test func everyPublicDeclarationIsDocumented() throws {
    let sources = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Sources/"
    let files = try SourceFiles.swift(below: sources + "TraceLayers") + SourceFiles.swift(below: sources + "TraceLayersDistiller")
    var declarations = 0
    for file in files {
      let lines = try SourceFiles.lines(of: file)
      for (index, line) in lines.enumerated() where SourceFiles.isPublicDeclaration(line) {
        declarations += 1
        let above = lines[..<index].last { !$0.trimmed.hasPrefix("@") } ?? ""
        #expect(above.trimmed.hasPrefix("///"), "\(file):\(index + 1): \(line)")
      }
    }
    #expect(files.count > 30 && declarations > 100, "\(declarations) declarations in \(files.count) files")
  }

  @Test(arguments: [
    ("  public let a: Int", true), ("  public internal(set) var a = 0", true), ("public final class A {", true), ("  let a = 0", false),
    ("public import Tracing", false), ("  // public let a", false), ("  package func a()", false),
  ]) func whatCountsAsPublic(_ line: String, _ expected: Bool) { #expect(SourceFiles.isPublicDeclaration(line) == expected) }
}

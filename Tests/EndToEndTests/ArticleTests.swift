// Proves that the article "Instrument a program in five minutes" can be followed literally: its manifest is valid, and its program
// compiles.

import Platform
import Testing

@Suite struct ArticleTests {
  private let blocks: [String]

  init() throws {
    let article = run(["cat", packageRoot + "/Sources/TraceLayers/TraceLayers.docc/InstrumentAProgram.md"]).output
    let parts = article.split(separator: "```", omittingEmptySubsequences: false)
    blocks = parts.enumerated().filter { $0.offset % 2 == 1 && $0.element.hasPrefix("swift\n") }.map { String($0.element.dropFirst(6)) }
    try #require(blocks.count >= 5, "\(blocks.count) blocks of code")
  }

  @Test func `The manifest is one, with products, package URLs and versions that there are`() throws {
    let place = try TestPlace()
    let manifest = blocks[0]
    #expect(run(["sh", "-c", "mkdir -p '\(place.path)/shop' && cat > '\(place.path)/shop/Package.swift'"], input: manifest).code == 0)
    let dump = run(["swift", "package", "--package-path", place.path + "/shop", "dump-package"])
    #expect(dump.code == 0, "\(dump.error)")
    let own = run(["cat", packageRoot + "/Package.swift"]).output
    var named = 0
    for line in manifest.split(separator: "\n") where line.contains("package: \"trace-distiller\"") {
      let product = try #require(line.split(separator: "\"").dropFirst().first)
      #expect(own.contains(".library(name: \"\(product)\""), "no product \(product)")
      named += 1
    }
    #expect(named == 2)
    // Its other dependencies have the versions with which this package was built.
    for line in manifest.split(separator: "\n") where line.contains("github.com/apple/") {
      #expect(own.contains(line.trimmingPrefix { $0 == " " }), "\(line)")
    }
    let version = run([program, "--version"]).output.split(separator: "\n").first ?? ""
    #expect(manifest.contains("/trace-distiller\", from: \"\(version)\")"), "the version is \(version)")
  }

  /// The modules with which this test was built.
  private static let modules = layersHost.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Modules"
  private static let mayCompile = run(["sh", "-c", "command -v swiftc && test -e '\(modules)/TraceLayers.swiftmodule'"]).code == 0

  @Test(.enabled(if: mayCompile, "needs swiftc and the build's modules"))
  func `The program compiles against the products`() throws {
    let place = try TestPlace()
    let program = blocks.dropFirst().joined(separator: "\n")
    // An import below code is also allowed; here all imports come first.
    #expect(run(["sh", "-c", "cat > '\(place.path)/main.swift'"], input: program).code == 0)
    // The modules of the distiller import C modules; a package manager would find these itself.
    let folders = [ArticleTests.modules] + ["CJansson", "CScan"].map { "\(packageRoot)/Sources/\($0)" }
    let check = run(["swiftc", "-typecheck", "-swift-version", "6"] + folders.flatMap { ["-I", $0] } + [place.path + "/main.swift"])
    #expect(check.code == 0, "\(check.error)\n\(program)")
  }
}

// Proves where servers and writers look for pipes: options first, then the variable, then the default; colons separate paths.

import Testing

@testable import PipeBasics

struct PipePathTests {
  private static let table: [(options: [String], variable: String?, paths: [String], origin: PipePath.Origin)] = [
    (["/a", "/b"], "/c:/d", ["/a", "/b"], .option), (["/a:b"], nil, ["/a:b"], .option), ([], "/c", ["/c"], .environment),
    ([], "/c:/d", ["/c", "/d"], .environment), ([], ":/c::", ["/c"], .environment),
  ]

  @Test(arguments: table) func pathsAreFound(_ options: [String], _ variable: String?, _ paths: [String], _ origin: PipePath.Origin) {
    let environment = variable.map { ["TRACE_DISTILLER_PIPE": $0] } ?? [:]
    let expected = paths.map { PipePath(path: $0, origin: origin) }
    #expect(PipePath.resolve(options: options, environment: environment) == expected)
    // A writer has one pipe: the first one that a server with the same environment reads.
    #expect(PipePath.resolve(option: options.first, environment: environment) == expected[0])
  }

  /// Shells do not expand it here, and no one wants a directory with that name.
  @Test func aTildeIsTheHomeDirectory() {
    let variables = ["HOME": "/home/me", "TRACE_DISTILLER_PIPE": "~/a:/b:~other/c"]
    #expect(
      PipePath.resolve(options: ["~/p", "/x/~/p", "~other/p"], environment: variables).map(\.path) == ["/home/me/p", "/x/~/p", "~other/p"])
    #expect(PipePath.resolve(options: [], environment: variables).map(\.path) == ["/home/me/a", "/b", "~other/c"])
    #expect(PipePath.resolve(options: ["~/p"], environment: [:]).map(\.path) == ["~/p"])
  }

  @Test(arguments: [nil, "", ":"]) func withoutANameItIsTheDefaultAlone(_ variable: String?) {
    let found = PipePath.resolve(options: [], environment: variable.map { ["TRACE_DISTILLER_PIPE": $0] } ?? [:])
    #expect(found.count == 1 && found[0].origin == .standard && found[0].path.hasSuffix("/default.pipe"), "\(found)")
  }
}

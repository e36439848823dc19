// Proves that real editors, with the scripts that users load, get the summary through the language server's framing. Each test runs if its
// editor is installed (scripts/setup --tests installs both).

import Testing

@Suite struct EditorTests {
  static let hasNeovim = run(["sh", "-c", "command -v nvim"]).code == 0
  static let hasEmacs = run(["sh", "-c", "command -v emacs"]).code == 0

  @Test(.enabled(if: hasNeovim, "nvim is not installed")) func `Neovim shows the summary and the server's error message`() throws {
    let place = try TestPlace()
    let result = try drive(place, script: "neovim/trace-distiller.lua") {
      ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-c", "luafile \($0)/neovim.lua", "-c", "cquit"]
    }
    check(result)
  }

  @Test(.enabled(if: hasEmacs, "emacs is not installed")) func `Emacs shows the summary and the server's error message`() throws {
    let place = try TestPlace()
    let result = try drive(place, script: "emacs/trace-distiller.el") { ["emacs", "--batch", "-Q", "-l", "\($0)/emacs.el"] }
    check(result)
  }

  private func drive(_ place: TestPlace, script: String, _ command: (String) -> [String]) throws -> (
    code: Int32, output: String, error: String
  ) {
    let variables = [
      "TD_PROGRAM=\(program)", "TD_PIPE=\(place.pipe)", "TD_STREAM=\(fixture)", "TD_SCRIPT=\(packageRoot)/scripts/editors/\(script)",
    ]
    return run(["env"] + variables + ["HOME=\(place.path)", "timeout", "30"] + command(packageRoot + "/Tests/EndToEndTests/Clients"))
  }

  private func check(_ result: (code: Int32, output: String, error: String)) {
    #expect(result.code == 0, "\(result.output)\n\(result.error)")
    for part in [
      "Root: download_all", "Status: ⚠️ ok, 2 errors inside", "🔥 ❌ fetch_quote", "no trace trace_77; traces/list shows what there is",
      "windows more: 1", "still in the file: true",
    ] {
      #expect(result.output.contains(part), "missing \(part) in\n\(result.output)\n\(result.error)")
    }
  }
}

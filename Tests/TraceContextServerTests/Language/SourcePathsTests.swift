// Proves which local file a recorded path means, and that none is guessed.

import Platform
import Testing

@testable import TraceContextServer

@Suite struct SourcePathsTests {
  @Test func `Addresses and paths`() {
    let rows: [(uri: String, path: String?)] = [
      ("file:///srv/a%20b/d%C3%A9j%C3%A0.py", "/srv/a b/déjà.py"), ("file:///c%3A/src/x.cs", "c:/src/x.cs"), ("FILE:///srv/x", "/srv/x"),
      ("file://host/srv/x", nil), ("file://localhost/srv/x", "/srv/x"), ("file:///srv/%ff", nil), ("file:/srv/x", "/srv/x"),
      ("file:///srv/x#L3", "/srv/x"), ("file:///srv/%zz", "/srv/%zz"),
      ("untitled:Untitled-1", nil), ("http://host/x", nil), ("file:///srv/%00x", nil), ("file://host", nil),
    ]
    for (uri, path) in rows { #expect(FileAddress.path(uri) == path, "\(uri)") }
    for path in ["/srv/a b/déjà#1?.py", "/srv/100%/x", "c:/x"] { #expect(FileAddress.path(FileAddress.uri(path)) == path, "\(path)") }
  }

  @Test func `The longest ending that is there decides`() throws {
    let top = "/tmp/td-paths-\(getpid())"
    func file(_ name: String) {
      var directory = top
      mkdir(directory, 0o700)
      for part in name.split(separator: "/").dropLast() {
        directory += "/\(part)"
        mkdir(directory, 0o700)
      }
      close(open("\(top)/\(name)", O_WRONLY | O_CREAT, 0o600))
    }
    for name in ["one/src/app/x.py", "one/x.py", "two/src/app/y.py", "one/src/app/y.py", "two/z.py"] { file(name) }
    symlink("\(top)/one/x.py", "\(top)/two/x.py")
    let paths = SourcePaths()
    paths.use(roots: ["\(top)/one/", "\(top)/two"])
    let rows: [(recorded: String, answer: SourcePaths.Answer)] = [
      ("/build/7/src/app/x.py", .file("\(top)/one/src/app/x.py")), ("src/app/x.py", .file("\(top)/one/src/app/x.py")),
      ("./src/app/x.py", .file("\(top)/one/src/app/x.py")), (#"D:\ci\src\app\x.py"#, .file("\(top)/one/src/app/x.py")),
      ("/other/x.py", .file("\(top)/one/x.py")), ("\(top)/two/z.py", .file("\(top)/two/z.py")),
      ("/app/src/app/y.py", .several(["\(top)/one/src/app/y.py", "\(top)/two/src/app/y.py"])), ("/app/nowhere.py", .none), ("", .none),
      ("../one/x.py", .none), ("src/app", .none),
    ]
    for (recorded, answer) in rows {
      let got = paths.local(recorded)
      #expect(got == answer, "\(recorded): expected \(answer), got \(got)")
    }
    paths.use(mappings: [("/app/src", "\(top)/two/src"), ("/build", "/srv/not/there")])
    #expect(paths.local("/app/src/app/y.py") == .file("\(top)/two/src/app/y.py"))
    #expect(paths.local("/build/7/src/app/x.py") == .none, "what is mapped is there or nowhere")
    system("rm -rf \(top)")
  }
}

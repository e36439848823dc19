// Extracts the relevant lines of a stack trace: the innermost frames in the program's own code, for many languages.

package struct StackFrame: Sendable, Equatable {
  package var function: String
  package var file: String
  /// 0 if it is not known.
  package var line: Int
  package var isOwn: Bool
}

/// Parses the stack traces of Python, JavaScript, Java and Kotlin, C#, Go, Rust, Swift, Ruby and PHP. A line of unknown form is not a
/// frame.
package enum StackTrace {
  /// The innermost frames of the program's own code, at most `limit`. If there are none, the innermost frame of all.
  package static func top(_ trace: String, limit: Int = 2) -> [StackFrame] {
    let frames = frames(trace)
    let own = frames.filter(\.isOwn)
    return Array(own.isEmpty ? frames.prefix(1) : own.prefix(limit))
  }

  /// Only the frames of the program's own code, the innermost first.
  package static func own(_ trace: String, limit: Int) -> [StackFrame] { Array(frames(trace).lazy.filter(\.isOwn).prefix(limit)) }

  /// All frames, the innermost first.
  package static func frames(_ trace: String) -> [StackFrame] {
    guard !trace.isEmpty else { return [] }
    let lines = trace.utf8.split(separator: 0x0A).prefix(4_000).map { Line($0) }
    var frames: [StackFrame] = []
    var isPython = false
    for (index, line) in lines.enumerated() {
      // Of chained tracebacks, the last one belongs to the reported exception.
      if line.text.hasPrefix("Traceback (most recent call last)") {
        (isPython, frames) = (true, [])
      } else if let frame = frame(line, after: index > 0 ? lines[index - 1] : nil) {
        frames.append(frame)
      }
    }
    if isPython || lines.contains(where: { $0.text.hasPrefix("File \"") }) { frames.reverse() }
    return frames
  }

  private struct Line {
    var text: Substring
    var isIndentedByTab: Bool

    init(_ line: Substring.UTF8View) {
      isIndentedByTab = line.first == 0x09
      var rest = line.drop { $0 == 0x20 || $0 == 0x09 }
      while let last = rest.last, last == 0x20 || last == 0x0D || last == 0x09 { rest.removeLast() }
      text = Substring(rest)
    }
  }

  private static func frame(_ line: Line, after previous: Line?) -> StackFrame? {
    let text = line.text
    if text.hasPrefix("File \"") { return python(text.dropFirst(6)) }
    if text.hasPrefix("at ") { return called(text.dropFirst(3), after: previous) }
    if line.isIndentedByTab, text.contains(".go:") { return go(text, after: previous) }
    if text.hasPrefix("#"), let frame = php(text) { return frame }
    if let frame = ruby(text) { return frame }
    return swift(text)
  }

  /// `File "/srv/cart.py", line 41, in line_total`
  private static func python(_ text: Substring) -> StackFrame? {
    guard let quote = text.firstIndex(of: "\"") else { return nil }
    let parts = text[quote...].dropFirst().split(separator: ",", maxSplits: 2)
    guard let line = parts.first?.split(separator: " ").last.flatMap({ Int($0) }) else { return nil }
    let function = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
    return make(function.hasPrefix("in ") ? function.dropFirst(3) : "", text[..<quote], line)
  }

  /// `price (/app/cart.js:41:9)`, `com.shop.Cart.price(Cart.java:41)`, `Shop.Cart.Price() in /src/Cart.cs:line 41`, `/app/cart.js:41:9`.
  /// Rust prints the function on the line before.
  private static func called(_ text: Substring, after previous: Line?) -> StackFrame? {
    if let place = cut(text, ":line "), let line = Int(place.after), let file = cut(place.before, " in ") {
      return make(file.before.prefix { $0 != "(" }, file.after, line)
    }
    if text.last == ")", let open = text.lastIndex(of: "(") {
      let function = text[..<open]
      let (file, line) = location(text[text.index(after: open)...].dropLast())
      return make(function.last == " " ? function.dropLast() : function, file, line)
    }
    let (file, line) = location(text)
    guard line > 0 else { return make(text, "", 0) }
    let numbered = previous.flatMap { cut($0.text, ": ") }.flatMap { Int($0.before) == nil ? nil : $0.after }
    return make(numbered ?? "", file, line)
  }

  /// `main.price(0xc000010000)`, followed by a line `/srv/cart.go:41 +0x1d`.
  private static func go(_ text: Substring, after previous: Line?) -> StackFrame? {
    let (file, line) = location(text.prefix { $0 != " " })
    guard line > 0 else { return nil }
    let function = previous?.text ?? ""
    return make(function.lastIndex(of: "(").map { function[..<$0] } ?? function, file, line)
  }

  /// `#0 /app/src/Cart.php(41): Cart->price()`
  private static func php(_ text: Substring) -> StackFrame? {
    guard let space = text.firstIndex(of: " "), let place = cut(text[space...].dropFirst(), "): "),
      let open = place.before.lastIndex(of: "("), let line = Int(place.before[open...].dropFirst())
    else { return nil }
    return make(place.after.prefix { $0 != "(" }, place.before[..<open], line)
  }

  /// ``cart.rb:41:in `price'``
  private static func ruby(_ text: Substring) -> StackFrame? {
    guard let place = cut(text, ":in "), place.before.contains(".rb:") else { return nil }
    let (file, line) = location(place.before.hasPrefix("from ") ? place.before.dropFirst(5) : place.before)
    return line > 0 ? make(place.after.drop { $0 == "`" || $0 == "'" }.prefix { $0 != "'" }, file, line) : nil
  }

  /// `1 [ra] 0x00005555 price(_:) + 12 in shop at /src/Cart.swift:41:9`
  private static func swift(_ text: Substring) -> StackFrame? {
    guard text.contains(".swift:"), let place = cut(text, " at ") else { return nil }
    let (file, line) = location(place.after)
    guard line > 0 else { return nil }
    let words = (cut(place.before, " in ")?.before ?? place.before).split(separator: " ")
    let name = words.drop { !$0.hasPrefix("0x") }.dropFirst().prefix { $0 != "+" }.joined(separator: " ")
    return make(Substring(name), file, line)
  }

  private static func make(_ function: Substring, _ file: Substring, _ line: Int) -> StackFrame {
    let (function, file) = (String(function), String(file))
    return StackFrame(function: function, file: file, line: line, isOwn: ForeignCode.isOwn(function: function, file: file))
  }

  /// Splits `:41` or `:41:9` off the end of a location.
  private static func location(_ text: Substring) -> (file: Substring, line: Int) {
    guard let (rest, last) = number(text) else { return (text, 0) }
    guard let (file, line) = number(rest) else { return (rest, last) }
    return (file, line)
  }

  private static func number(_ text: Substring) -> (rest: Substring, number: Int)? {
    guard let colon = text.lastIndex(of: ":"), let number = Int(text[colon...].dropFirst()) else { return nil }
    return (text[..<colon], number)
  }

  /// Splits at the last occurrence of a text.
  private static func cut(_ text: Substring, _ at: String) -> (before: Substring, after: Substring)? {
    let (bytes, wanted) = (text.utf8, Array(at.utf8))
    var place = bytes.index(bytes.endIndex, offsetBy: -wanted.count, limitedBy: bytes.startIndex)
    while let start = place {
      if bytes[start...].starts(with: wanted) { return (text[..<start], text[bytes.index(start, offsetBy: wanted.count)...]) }
      place = start == bytes.startIndex ? nil : bytes.index(before: start)
    }
    return nil
  }
}

/// Code that is not the program's own: libraries, runtimes, the language itself.
enum ForeignCode {
  private static let folders = [
    "/site-packages/", "/dist-packages/", "/usr/lib/", "/usr/local/lib/", "/usr/local/go/", "/lib/python", "/node_modules/", "/go/pkg/mod/",
    "/vendor/", "/rustc/", "/.cargo/registry/", "/.rustup/", "/gems/", "/lib/ruby/", "/.build/checkouts/", "/usr/share/", "/opt/homebrew/",
    "/library/core/src/", "/library/std/src/", "/library/alloc/src/", "/hostedtoolcache/", "/swift/stdlib/", "/libexec/",
  ]
  private static let fileBeginnings = [
    "node:", "internal/", "<frozen ", "<string>", "<anonymous>", "native", "webpack/bootstrap", "usr/lib/",
  ]
  private static let functionBeginnings = [
    // Java, Kotlin, Scala.
    "java.", "javax.", "jakarta.", "jdk.", "sun.", "com.sun.", "kotlin.", "kotlinx.", "scala.", "akka.", "org.springframework.",
    "org.apache.",
    "org.hibernate.", "org.eclipse.", "org.jboss.", "org.junit.", "org.postgresql.", "io.netty.", "io.grpc.", "io.opentelemetry.",
    "io.micrometer.", "io.vertx.", "io.quarkus.", "reactor.", "com.google.common.", "com.zaxxer.", "com.mysql.", "com.fasterxml.",
    "okhttp3.",
    // Java's stack traces begin with the module's name.
    "java.base/", "jdk.internal",
    // C#.
    "System.", "Microsoft.", "Grpc.", "Npgsql.", "OpenTelemetry.", "Newtonsoft.",
    // Go.
    "runtime.", "runtime/", "panic", "net/http.", "database/sql.", "google.golang.org/", "go.opentelemetry.io/", "golang.org/x/",
    "reflect.",
    // Rust.
    "std::", "core::", "alloc::", "tokio::", "futures", "hyper::", "tower::", "tracing", "anyhow::", "backtrace::", "rust_begin_unwind",
    "__rust",
    "<std::", "<core::", "<alloc::", "<tokio::", "<futures", "_start", "__libc_start", "clone3",
    // Swift.
    "_swift", "swift_", "closure #1 in Swift.", "Swift.",
    // JavaScript.
    "process.processTicks", "Module._",
  ]

  static func isOwn(function: String, file: String) -> Bool {
    let path = "/" + file.replacingBackslashes
    if folders.contains(where: { path.utf8Contains($0) }) { return false }
    if fileBeginnings.contains(where: { file.hasPrefix($0) }) { return false }
    return !functionBeginnings.contains { function.hasPrefix($0) }
  }
}

extension String {
  fileprivate var replacingBackslashes: String { String(decoding: utf8.map { $0 == 0x5C ? 0x2F : $0 }, as: UTF8.self) }
  fileprivate func utf8Contains(_ part: String) -> Bool { FailureWording.find(Array(part.utf8), in: Array(utf8)) }
}

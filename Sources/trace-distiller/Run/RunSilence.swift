// Why a program was not heard, in one sentence, and what to do for the language that it looks to be written in.

import Platform
import TraceContextServer
import TraceDistiller
import TraceRecords

struct RunSilence {
  private let command: [String]
  private let environment: RunEnvironment
  private let sources: [SourceReport]
  private let logs: UInt64

  init(command: [String], environment: RunEnvironment, sources: [SourceReport], logs: UInt64) {
    (self.command, self.environment, self.sources, self.logs) = (command, environment, sources, logs)
  }

  /// What the receiver refused, and what could not be read.
  var refusals: String {
    sources.compactMap { source -> String? in
      let told = ["connections", "traces", "logs", "metrics"]
      let refused = source.requests.filter { !told.contains($0.name) && $0.count > 0 }.map { "\($0.name) \($0.count)" }
      let lost = source.statistics.lost > 0 ? ["lost \(source.statistics.lost)"] : []
      guard !(refused + lost).isEmpty else { return nil }
      let latest = source.problems.last.map { "; the latest: \(VisibleText.make($0.reason, limit: 200))" } ?? ""
      return "\(source.kind): \((refused + lost).joined(separator: ", "))\(latest)"
    }.joined(separator: "; ")
  }

  /// What to set where the program spoke something else than HTTP.
  private var whatWasSpoken: String {
    func isRefused(_ name: String) -> Bool { sources.contains { $0.requests.contains { $0.name == name && $0.count > 0 } } }
    if isRefused("http2") { return "; the program speaks gRPC: unset OTEL_EXPORTER_OTLP_PROTOCOL, or set it to http/protobuf" }
    return isRefused("tls") ? "; the program speaks TLS: its endpoint must begin with http://" : ""
  }

  var sentence: String {
    let refusals = refusals
    if !refusals.isEmpty { return "trace-distiller: no trace came: \(refusals)\(whatWasSpoken)" }
    if logs > 0 { return "trace-distiller: no trace came, but \(logs) log \(logs == 1 ? "line" : "lines"): --method logs/list shows them" }
    if !environment.kept.isEmpty {
      let names = environment.kept.joined(separator: ", ")
      return
        "trace-distiller: no trace came: \(names) \(environment.kept.count == 1 ? "was" : "were") set already and stayed; unset what leads elsewhere, or: \(ProgramLanguage.guess(command).advice)"
    }
    return "trace-distiller: no trace came: the program sent nothing. \(ProgramLanguage.guess(command).advice)"
  }
}

/// What a program is written in, as far as its command line tells, and how programs in it are heard.
enum ProgramLanguage: CaseIterable {
  case python, node, deno, bun, java, dotnet, ruby, php, go, rust, swift, unknown

  private static let names: [(ProgramLanguage, names: [String], endings: [String])] = [
    (.deno, ["deno"], []), (.bun, ["bun", "bunx"], []),
    (
      .python,
      ["python", "pypy", "flask", "gunicorn", "uvicorn", "hypercorn", "celery", "pytest", "django-admin", "poetry", "uv", "pipenv"],
      [".py", ".pyz"]
    ),
    (.node, ["node", "nodejs", "npm", "npx", "yarn", "pnpm", "tsx", "ts-node", "next"], [".js", ".mjs", ".cjs", ".ts"]),
    (.java, ["java", "mvn", "mvnw", "gradle", "gradlew", "kotlin", "scala", "sbt"], [".jar", ".java", ".kts"]),
    (.dotnet, ["dotnet"], [".dll"]), (.ruby, ["ruby", "rails", "bundle", "rake", "puma", "rspec"], [".rb"]),
    (.php, ["php", "composer", "artisan"], [".php"]), (.go, ["go"], [".go"]), (.rust, ["cargo"], [".rs"]), (.swift, ["swift"], [".swift"]),
  ]

  /// By the program's name, what reads it, and the endings of its arguments, in this order.
  static func guess(_ command: [String]) -> ProgramLanguage {
    var words = command[...]
    // What only starts another program.
    while let first = words.first, words.count > 1,
      ["env", "nice", "time", "timeout", "sh", "bash", "exec", "sudo", "nohup"].contains(base(first)) || first.contains("=")
        || Int(first) != nil
    {
      words = words.dropFirst()
    }
    guard let program = words.first else { return .unknown }
    for word in [program] + (reader(of: program).map { [$0] } ?? []) {
      let base = base(word)
      if let found = names.first(where: { $0.names.contains(base) || $0.names.contains(withoutVersion(base)) }) { return found.0 }
    }
    for word in words {
      let text = word.lowercased()
      if let found = names.first(where: { $0.endings.contains { text.hasSuffix($0) } }) { return found.0 }
    }
    return .unknown
  }

  private static func base(_ word: String) -> String { word.split(separator: "/").last.map { String($0) } ?? word }

  /// `python3.11` is Python.
  private static func withoutVersion(_ name: String) -> String {
    var name = Substring(name)
    while let last = name.last, last.isNumber || last == "." || last == "-" { name = name.dropLast() }
    return String(name)
  }

  /// What the first line of a script names.
  private static func reader(of program: String) -> String? {
    let file = open(program, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(file, &bytes, bytes.count)
    guard count > 2, bytes[0] == UInt8(ascii: "#"), bytes[1] == UInt8(ascii: "!") else { return nil }
    let words = String(decoding: bytes[2..<count].prefix { $0 != 0x0A }, as: UTF8.self).split(separator: " ").map(String.init)
    return words.first { base($0) != "env" && !$0.hasPrefix("-") }
  }

  /// One sentence with the command that is heard.
  var advice: String {
    switch self {
    case .python:
      "Python: pip install opentelemetry-distro opentelemetry-exporter-otlp-proto-http && opentelemetry-bootstrap -a install, then: trace-distiller run -- opentelemetry-instrument python app.py"
    case .node:
      "Node: npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node, then: trace-distiller run -- node --require @opentelemetry/auto-instrumentations-node/register app.js (for npm and next: NODE_OPTIONS='--require …')"
    case .deno: "Deno: trace-distiller run -- env OTEL_DENO=true deno run --allow-net app.ts"
    case .bun:
      "Bun: npm install @opentelemetry/sdk-node, start its NodeSDK in a file of its own, then: trace-distiller run -- bun --preload ./otel.ts app.ts"
    case .java:
      "Java: trace-distiller run -- java -javaagent:opentelemetry-javaagent.jar -jar app.jar (for Maven and Gradle: JAVA_TOOL_OPTIONS=-javaagent:…)"
    case .dotnet:
      ".NET: install OpenTelemetry's automatic instrumentation, source its instrument.sh, then: trace-distiller run -- dotnet app.dll"
    case .ruby:
      "Ruby: gem install opentelemetry-sdk opentelemetry-exporter-otlp opentelemetry-instrumentation-all, and OpenTelemetry::SDK.configure { |c| c.use_all } at the start"
    case .php:
      "PHP: install ext-opentelemetry and open-telemetry/exporter-otlp, then: trace-distiller run -- env OTEL_PHP_AUTOLOAD_ENABLED=true php app.php"
    case .go: "Go: register otlptracehttp.New(ctx) with the program's TracerProvider; it reads the environment that run sets"
    case .rust:
      "Rust: tracing_subscriber::fmt().json().with_span_events(FmtSpan::CLOSE).init(), then: trace-distiller run --stdout-records -- cargo run; or opentelemetry-otlp over http-proto"
    case .swift:
      "Swift: LayeredTracing(service: \"app\", transport: NamedPipeLogManager()).bootstrap(); it writes to the pipe that run names"
    case .unknown:
      "A program is heard that uses an OpenTelemetry SDK with OTLP over HTTP (run sets its environment), or writes JSON lines to the pipe in TRACE_DISTILLER_PIPE; --stdout-records reads its output"
    }
  }
}

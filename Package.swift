// swift-tools-version: 6.1
import PackageDescription

// Strictness shared by every target of ours; see the code map in README.md for what each target may import.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "trace-distiller",
  // The first with the standard library's mutexes and atomics. Said of nothing but macOS: other systems have no such line.
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "trace-distiller", targets: ["trace-distiller"]),
    .executable(name: "trace-distiller-demo", targets: ["trace-distiller-demo"]),
    // For programs that write to a pipe: it links no distiller, no decoder and no library of the system's.
    .library(name: "TraceLayers", targets: ["TraceLayers"]),
    // Besides, for programs that keep their own traces: the in-process store and its reports.
    .library(name: "TraceLayersDistiller", targets: ["TraceLayersDistiller"]),
  ],
  dependencies: [
    // Arguments, help and shell completions; exits with 64 on wrong usage, as sysexits(3) asks.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    // The APIs that Swift programs log and trace with: users learn nothing of ours.
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-service-context", from: "1.5.0"),
    // HTTP/1.1 for OTLP: a minute of a clean build on one core, no Foundation, no Swift pool, one thread of its own and only where it listens. FlyingFox runs
    // on Swift's pool and Foundation; libmicrohttpd loads GnuTLS into every start.
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
  ],
  targets: [
    .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"]), .brew(["jansson"])]),
    // gzip files of records.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    // A header of vector instructions; nothing to link.
    .systemLibrary(name: "CScan"),
    // A header too: what makes the allocator give memory back.
    .systemLibrary(name: "CAllocator"),
    // And one: who takes orphans in.
    .systemLibrary(name: "CProcess"),
    // The one target that imports a C library: clocks, threads, descriptors.
    .target(name: "Platform", swiftSettings: strict),
    // What programs that write and those that read agree upon: small, as every program that writes links it.
    .target(name: "PipeBasics", dependencies: ["Platform"], swiftSettings: strict),
    .target(name: "JSON", dependencies: ["Platform", "CJansson"], swiftSettings: strict),
    .target(name: "TraceRecords", dependencies: ["Platform", "PipeBasics", "JSON", "CJansson", "CScan"], swiftSettings: strict),
    .target(name: "TraceDistiller", dependencies: ["Platform", "TraceRecords", "JSON", "CScan"], swiftSettings: strict),
    .target(name: "JSONRPC", dependencies: ["Platform", "JSON"], swiftSettings: strict),
    .target(
      name: "TraceContextServer",
      dependencies: ["Platform", "JSON", "TraceRecords", "TraceDistiller", "JSONRPC", "CZlib", "CAllocator", "CProcess"],
      swiftSettings: strict),
    // The process that several clients share, as those see it who only ask: finding it, starting it, handing messages on.
    .target(name: "TraceHub", dependencies: ["Platform", "PipeBasics", "JSON", "JSONRPC", "CProcess"], swiftSettings: strict),
    // A language server around another one, for clients that hold to one server a file type.
    .target(name: "LanguageWrap", dependencies: ["Platform", "JSON", "JSONRPC"], swiftSettings: strict),
    // OTLP over HTTP. A target of its own: nothing else knows of its library.
    .target(
      name: "OTLPReceiver",
      dependencies: [
        "Platform", "PipeBasics", "JSON", "TraceRecords", "TraceDistiller", "TraceContextServer",
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ], swiftSettings: strict),
    // The page that draws a trace. Its script and style are part of the program, which stays one file.
    .target(
      name: "TraceView", dependencies: ["JSON", "TraceDistiller"],
      resources: [
        .embedInCode("Resources/body.html"), .embedInCode("Resources/data.js"), .embedInCode("Resources/details.js"),
        .embedInCode("Resources/findings.js"), .embedInCode("Resources/flame.js"), .embedInCode("Resources/page.css"),
        .embedInCode("Resources/page.js"),
        .embedInCode("Resources/timeline.js"), .embedInCode("Resources/words.js"),
      ],
      swiftSettings: strict),
    .target(
      name: "TraceLayers",
      dependencies: [
        "Platform", "PipeBasics", .product(name: "Logging", package: "swift-log"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
        .product(name: "ServiceContextModule", package: "swift-service-context"),
      ], swiftSettings: strict),
    .target(
      name: "TraceLayersDistiller",
      dependencies: [
        "Platform", "TraceLayers", "TraceRecords", "TraceDistiller", .product(name: "Logging", package: "swift-log"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "trace-distiller",
      dependencies: [
        "Platform", "JSON", "TraceRecords", "TraceDistiller", "JSONRPC", "TraceContextServer", "OTLPReceiver", "TraceHub", "LanguageWrap",
        "TraceView",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    // An instrumented program to copy from: it uses what any program would, and JSON to print what it planted.
    .executableTarget(
      name: "trace-distiller-demo",
      dependencies: [
        "Platform", "TraceLayers", "JSON", .product(name: "Logging", package: "swift-log"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "trace-distiller-bench",
      dependencies: [
        "Platform", "JSON", "TraceRecords", "TraceDistiller", "TraceContextServer", "OTLPReceiver", "TraceLayers", "TraceLayersDistiller",
        .product(name: "Tracing", package: "swift-distributed-tracing"),
        .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
      ], swiftSettings: strict),
    // A program that tests observe: what can be done once a process, or ends it. No product.
    .executableTarget(
      name: "trace-layers-host",
      dependencies: [
        "Platform", "TraceLayers", "TraceLayersDistiller", .product(name: "Logging", package: "swift-log"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ], path: "Tests/TraceLayersHost", swiftSettings: strict),
    // The least program that writes to a pipe: tests look at what it links.
    .executableTarget(
      name: "trace-layers-writer",
      dependencies: [
        "TraceLayers", .product(name: "Logging", package: "swift-log"), .product(name: "Tracing", package: "swift-distributed-tracing"),
      ], path: "Tests/TraceLayersWriter", swiftSettings: strict),
    // Reads the sources: which folder of a target may use which.
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    .testTarget(name: "PlatformTests", dependencies: ["Platform"], swiftSettings: strict),
    .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: strict),
    .testTarget(
      name: "TraceRecordsTests", dependencies: ["Platform", "PipeBasics", "TraceRecords", "JSON"], resources: [.copy("Fixtures")],
      swiftSettings: strict),
    .testTarget(
      name: "TraceDistillerTests", dependencies: ["TraceDistiller", "TraceRecords", "JSON"],
      resources: [.copy("Vectors")], swiftSettings: strict),
    .testTarget(name: "JSONRPCTests", dependencies: ["Platform", "JSONRPC", "JSON"], swiftSettings: strict),
    .testTarget(name: "LanguageWrapTests", dependencies: ["Platform", "LanguageWrap", "JSONRPC", "JSON"], swiftSettings: strict),
    .testTarget(name: "TraceViewTests", dependencies: ["TraceView", "TraceDistiller", "TraceRecords", "JSON"], swiftSettings: strict),
    .testTarget(name: "TraceHubTests", dependencies: ["Platform", "TraceHub", "JSONRPC", "JSON"], swiftSettings: strict),
    .testTarget(
      name: "TraceContextServerTests",
      dependencies: ["Platform", "TraceContextServer", "TraceDistiller", "TraceRecords", "JSONRPC", "JSON"],
      exclude: ["RootCauses"], swiftSettings: strict),
    .testTarget(
      name: "OTLPReceiverTests",
      dependencies: ["Platform", "PipeBasics", "OTLPReceiver", "TraceContextServer", "TraceDistiller", "TraceRecords", "JSON"],
      swiftSettings: strict),
    .testTarget(
      name: "TraceLayersTests",
      dependencies: [
        "Platform", "TraceLayers", "TraceLayersDistiller", "TraceRecords", "TraceDistiller", "JSON", "PipeBasics",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ], swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "trace-distiller", "trace-distiller-demo", "trace-layers-host", "trace-layers-writer", "Platform",
        "TraceLayers", "TraceLayersDistiller", "JSON",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ], exclude: ["Clients"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)

// The inner loop: `scripts/test --only TraceDistillerTests` builds that target's tests and what these use, not every program.
if let only = Context.environment["TRACE_DISTILLER_ONLY"] {
  let chosen = only.split(separator: ",").map(String.init)
  package.targets.removeAll { $0.isTest && !chosen.contains($0.name) }
}

// Proves that the example of the README works, in a process of its own because a program can bootstrap only once: plain `Logger(label:)`
// and the free function `withSpan` reach a real server, through the filter in `TRACE_DISTILLER_LOG`.

import JSON
import Testing

@Suite struct BootstrapTests {
  /// The result for a program with this filter in its environment.
  struct Told {
    var text: String
    /// `name<parent` of every span in the order of the tree.
    var spans: [String]
    var moduleLogs: Int64
  }

  @Test func `The environment's filter decides what a bootstrapped program tells`() throws {
    let told = try tellings(of: ["TRACE_DISTILLER_LOG=info,my.module=debug,noisy=off"])
    // The children of the two filtered spans have the nearest recorded span as parent.
    #expect(told.spans == ["order", "kept below the hidden<order", "fine detail of my module<order"])
    for part in ["said inside the hidden span", "my.module.part says debug", "other says notice", "cart.items=3", "\"request\":\"r-1\""] {
      #expect(told.text.contains(part), "missing \(part) in\n\(told.text)")
    }
    for part in ["hidden by", "other says debug", "noisy says"] { #expect(!told.text.contains(part), "\(part) in\n\(told.text)") }
    #expect(told.moduleLogs == 1)
  }

  @Test func `Without a filter every span is told, and what loggers let through at their first level`() throws {
    let told = try tellings(of: [])
    #expect(
      told.spans == [
        "order", "hidden by target<order", "kept below the hidden<hidden by target", "hidden by level<order",
        "fine detail of my module<hidden by level",
      ])
    #expect(told.text.contains("noisy says critical") && !told.text.contains("says debug"), "\(told.text)")
  }

  @Test func `A filter that says off tells nothing`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    let host = run([layersHost, "bootstrap", place.pipe], environment: ["TRACE_DISTILLER_LOG=off"])
    #expect(host.code == 0 && host.output.isEmpty && host.error.isEmpty, "\(host)")
    // Records written later arrive later.
    wait(writer(traceLines("after"), to: place.pipe))
    let status = try server.status { $0["store"]?["traces"]?["completed"]?.integer == 1 }
    #expect(status["store"]?["counters"]?["moduleLogs"]?.integer == 0)
    #expect(try server.ask("traces/list")["traces"]?.array?.compactMap { $0["traceId"]?.string } == ["after"])
  }

  @Test(arguments: [
    ([], ["WARN shop.stock: running low item=7", "ERROR shop.stock: part of the trace", "INFO shop.stock: for people"]),
    (["outside"], ["WARN shop.stock: running low item=7", "INFO shop.stock: for people"]), (["none"], []),
  ])
  func `Logs reach standard error, inside of spans too, unless the program says otherwise`(_ option: [String], _ expected: [String]) {
    let host = run([layersHost, "readable"] + option)
    #expect(host.code == 0 && host.output.isEmpty, "\(host)")
    // The text after the instant, which has 24 characters.
    let lines = host.error.split(separator: "\n").map { String($0.dropFirst(25)) }
    #expect(lines == expected, "\(host.error)")
  }

  private func tellings(of environment: [String]) throws -> Told {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    // The program flushes nothing itself: what arrives was written at its exit, and its output and exit code are unchanged.
    let host = run([layersHost, "bootstrap", place.pipe], environment: environment)
    #expect(host.code == 0 && host.output.isEmpty && host.error.isEmpty, "\(host)")
    let status = try server.status { $0["store"]?["traces"]?["completed"]?.integer == 1 }
    #expect(status["store"]?["missingRecords"]?.integer == 0)
    let summary = try server.ask("trace/summary")
    #expect(summary["complete"]?.bool == true)
    let tree = try server.ask("trace/tree")
    let nodes = try #require(tree["spans"]?.array, "\(tree.serializedString)")
    let names = Dictionary(
      nodes.map { ($0["spanId"]?.string ?? "", $0["name"]?.string ?? "") }, uniquingKeysWith: { first, _ in first })
    let root = try #require(nodes.first?["spanId"])
    let logs = try server.ask("trace/span", ["spanId": root])
    return Told(
      text: [summary, tree, logs].map(\.serializedString).joined(separator: "\n"),
      spans: nodes.map { node in
        let name = node["name"]?.string ?? ""
        return node["parentSpanId"]?.string.flatMap { names[$0] }.map { "\(name)<\($0)" } ?? name
      }, moduleLogs: status["store"]?["counters"]?["moduleLogs"]?.integer ?? -1)
  }
}

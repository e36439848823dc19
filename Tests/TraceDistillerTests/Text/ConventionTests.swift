// Proves that a line of the tree shows the most informative attributes of OpenTelemetry's semantic conventions, with old and new names:
// what was requested and from whom comes before what every call contains. Links are shown beside the tree, never as an edge of it.

import Testing

@testable import TraceDistiller

struct ConventionTests {
  /// Attributes in the order of the records, and what the line shows in brackets.
  @Test(
    arguments: [
      // HTTP, in the old and the new form of instrumentations.
      (
        "http.request.method=GET url.scheme=http server.port=8080 url.full=http://pay/v1/charges http.response.status_code=503 network.protocol.version=1.1",
        "http.request.method=GET, url.full=http://pay/v1/charges, http.response.status_code=503"
      ),
      (
        "http.flavor=1.1 http.status_code=404 http.target=/users/7 http.method=GET http.user_agent=curl",
        "http.method=GET, http.target=/users/7, http.status_code=404"
      ),
      ("http.method=GET http.route=/users/{id} http.status_code=200", "http.method=GET, http.route=/users/{id}"),
      // Databases: the statement comes before its location; the system is shown only if nothing else says it.
      (
        "db.system=sqlite db.name=shop db.statement=SELECT_1 thread.id=7 net.peer.name=db",
        "db.statement=SELECT_1, db.name=shop"
      ),
      (
        "db.system.name=postgresql db.namespace=shop db.operation.name=INSERT db.collection.name=orders",
        "db.operation.name=INSERT, db.collection.name=orders, db.namespace=shop, db.system.name=postgresql"
      ),
      // Messages and calls between programs.
      (
        "messaging.system=kafka messaging.message.id=17 messaging.operation.name=publish messaging.destination.name=orders",
        "messaging.destination.name=orders, messaging.operation.name=publish, messaging.system=kafka, messaging.message.id=17"
      ),
      (
        "rpc.system=grpc rpc.grpc.status_code=14 rpc.method=Charge rpc.service=pay.Payments",
        "rpc.service=pay.Payments, rpc.method=Charge, rpc.grpc.status_code=14, rpc.system=grpc"
      ),
      // Language models: the model, the request and its cost; the conversation itself is left to trace/span.
      (
        "gen_ai.system=openai gen_ai.prompt.0.content=hello gen_ai.request.model=m-large gen_ai.usage.output_tokens=34 gen_ai.usage.input_tokens=1200",
        "gen_ai.request.model=m-large, gen_ai.usage.input_tokens=1200, gen_ai.usage.output_tokens=34, gen_ai.system=openai, +1"
      ),
      ("gen_ai.tool.call.arguments={} gen_ai.tool.name=search", "gen_ai.tool.name=search, gen_ai.tool.call.arguments={}"),
      // Errors as tags: `true` adds nothing to ❌.
      ("component=net error=refused peer.service=pay", "error=refused, peer.service=pay"), ("error=true sku=7", "sku=7"),
      // The program's own attributes come before those that instrumentations add everywhere; locations and threads are left to trace/span.
      ("code.file.path=a.py code.line.number=3 thread.name=main otel.kind=x sku=7", "sku=7"),
    ]) func lines(_ attributes: String, _ expected: String)
  {
    var sketch = TraceSketch("main  |---|")
    sketch.spans[0].attributes = attributes.split(separator: " ").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
      return (key: parts[0], value: Int64(parts[1]).map { .integer($0) } ?? .text(parts[1]))
    }
    let line = sketch.distilled().summary().text.split(separator: "\n").first { $0.contains("main (") } ?? ""
    let shown = line.firstIndex(of: "[").map { line[line.index(after: $0)...].dropLast() } ?? ""
    #expect(shown == expected, "\(attributes)\n  expected \(expected)\n  got      \(shown)")
  }

  @Test(arguments: [
    (#"[{"trace_id":"5b8efff798038103d269b633813fc60d","span_id":"eee19b7ec3c1b173"}]"#, " ⇢ trace 5b8efff798038103d269b633813fc60d"),
    (#"[{"trace_id":"trace-1","span_id":"s7"}]"#, " ⇢ span s7"), (#"[{"span_id":"s7"}]"#, " ⇢ span s7"),
    (#"[{"trace_id":"a","span_id":"b"},{"trace_id":"c","span_id":"d"}]"#, " ⇢ 2 links"), ("[]", ""), ("[{}]", ""), ("7", ""),
    // A forged id is in quotes.
    (#"[{"trace_id":"x (1 ms | 1 ms)","span_id":"b"}]"#, #" ⇢ trace "x (1 ms | 1 ms)""#),
  ]) func links(_ json: String, _ expected: String) {
    var sketch = TraceSketch("main  |---|")
    sketch.spans[0].attributes = [("otel.links", .json(json))]
    let trace = sketch.distilled()
    let line = trace.summary().text.split(separator: "\n").first { $0.contains("main (") } ?? ""
    #expect(line.hasSuffix("main (4.00 ms | 4.00 ms)" + expected), "\(line)")
    #expect(trace.tree.roots.count == 1)
    checkPromises(trace, SummaryOptions(), json)
  }
}

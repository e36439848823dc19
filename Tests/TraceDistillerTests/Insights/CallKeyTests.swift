// Which spans count as the same call: by name, or by an attribute if the name is generic, without numbers and ids.

import Testing

@testable import TraceDistiller

@Suite struct CallKeyTests {
  @Test func namesAreComparedWithoutNumbersAndIds() {
    check("load", reads: "load")
    check("load order 17", reads: "load order #")
    check("job 4f2a9c01be", reads: "job #")
    check("get 123e4567-e89b-12d3-a456-426614174000 now", reads: "get # now")
    check("utf8 v2 oauth2callback", reads: "utf# v# oauth#callback")
    check("查询 12", reads: "查询 #")
    check("", reads: "")
  }

  @Test func theDistinguishingAttributeJoinsANameThatSaysNothing() {
    check("GET", ["http.url": "http://10.0.0.7:8080/orders/17/items?page=2"], reads: "GET http://#.#.#.#:#/orders/*/items")
    check("HTTP GET", ["url.path": "/api/products/OLJCESPC7Z"], reads: "HTTP GET /api/products/*")
    check("GET", ["http.route": "/metric/{name}", "http.target": "/metric/cpu"], reads: "GET /metric/{name}")
    check("publish", ["messaging.destination.name": "orders"], reads: "publish orders")
    check("POST", ["size": "12"], reads: "POST")
  }

  @Test func aNameThatSaysSomethingStandsAlone() {
    check("GET /metric/{name}", ["http.target": "/metric/cpu"], reads: "GET /metric/{name}")
    check("import.file", ["file": "orders_01.csv"], reads: "import.file")
  }

  @Test func statementsAlwaysJoinWithoutTheirValues() {
    check("shop", ["db.statement": "SELECT * FROM t WHERE id=17 AND n = 'it''s'"], reads: "shop SELECT * FROM t WHERE id=? AND n = ?")
    check(
      "SELECT", ["db.query.text": "SELECT a ,b FROM t2 WHERE id IN ( 1,2 , $3,?) -- x\n LIMIT 5"],
      reads: "SELECT SELECT a, b FROM t# WHERE id IN (?) LIMIT ?")
    check("INSERT", ["db.statement": "INSERT INTO t VALUES (1,'a'), (2,'b'),(3,'c')"], reads: "INSERT INSERT INTO t VALUES (?)")
    check("q", ["db.statement": "SELECT 1 /*traceparent='00-ab'*/"], reads: "q SELECT ?")
    check("q", ["db.statement": "SELECT 'unterminated"], reads: "q SELECT ?")
  }

  @Test func labelsAreBoundedAndLongStatementsStillDiffer() {
    let start = "SELECT " + String(repeating: "column_, ", count: 40)
    var sketch = TraceSketch()
    for (index, table) in ["a", "b", "a"].enumerated() {
      var span = SketchSpan(id: "s\(index)", parent: nil, name: "SELECT", start: 0, end: 1)
      span.attributes = [("db.statement", .text("\(start)FROM \(table)"))]
      sketch.spans.append(span)
    }
    let trace = sketch.distilled()
    let keys = CallKeys(trace)
    #expect(keys[0] == keys[2])
    #expect(keys[0] != keys[1])
    #expect(keys.count == 2)
    #expect(keys.label(keys[0]).utf8.count <= CallKeys.maxLabelBytes)
  }

  @Test func hostileTextsDoNoHarm() {
    for seed in 1...60 {
      let trace = TraceSketch(hostile: UInt64(seed)).distilled()
      let keys = CallKeys(trace)
      for row in 0..<trace.tree.count { #expect(keys[row] >= 0 && Int(keys[row]) < keys.count) }
    }
  }

  private func check(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], reads expected: String,
    at location: SourceLocation = #_sourceLocation
  ) {
    var span = SketchSpan(id: "s", parent: nil, name: name, start: 0, end: 1)
    span.attributes = attributes.map { ($0.key, .text($0.value)) }
    var sketch = TraceSketch()
    sketch.spans = [span]
    let keys = CallKeys(sketch.distilled())
    #expect(keys.label(keys[0]) == expected, sourceLocation: location)
  }
}

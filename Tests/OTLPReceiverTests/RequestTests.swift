// Proves that requests of every usual form are taken, that their records are in the store before their answer comes, and what others are told.

import Platform
import Synchronization
import Testing
import TraceContextServer
import TraceDistiller
import TraceRecords

@testable import OTLPReceiver

@Suite struct RequestTests {
  @Test func `A request is answered once its spans are in the store, one after the other on one connection`() throws {
    let receiver = try Receiver()
    let client = try receiver.client()
    for name in ["first", "second", "third"] {
      let answer = try client.ask(
        request(spanBody(name, trace: "5b8efff798038103d269b633813fc6" + (name == "first" ? "01" : name == "second" ? "02" : "03"))))
      #expect(answer.status == 200 && answer.body == "{}" && answer.head.contains("application/json"), "\(answer)")
      #expect(receiver.roots.contains(name))
    }
    #expect(receiver.count("connections") == 1 && receiver.count("traces") == 3)
    #expect(receiver.listener.report.statistics.records >= 3 && receiver.listener.openRequests == 0)
  }

  @Test func `Requests that come together are answered in their order`() throws {
    let receiver = try Receiver()
    let client = try receiver.client()
    client.send(request(spanBody("one")) + request("nonsense") + request("{}", "/v1/logs"))
    #expect(try [client.answer().status, client.answer().status, client.answer().status] == [200, 400, 200])
  }

  @Test func `Bodies come in chunks, byte by byte, packed, and after a question`() throws {
    let receiver = try Receiver()
    let client = try receiver.client()
    let body = spanBody("chunks")
    let half = body.utf8.count / 2
    let pieces = [body.prefix(half), body.dropFirst(half)].map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined()
    #expect(
      try client.ask(head("/v1/traces", "Content-Type: application/json", "Transfer-Encoding: chunked") + pieces + "0\r\n\r\n").status
        == 200)

    for byte in Array(request(spanBody("bytes")).utf8) { client.send([byte]) }
    #expect(try client.answer().status == 200)

    client.send(
      head(
        "/v1/traces", "Content-Type: application/json; charset=utf-8", "Content-Encoding: gzip",
        "Content-Length: \(PackedBodies.span.count)"))
    client.send(PackedBodies.span)
    #expect(try client.answer().status == 200)
    #expect(receiver.roots.contains("packed"))

    client.send(head("/v1/traces", "Content-Type: application/json", "Content-Length: 2", "Expect: 100-continue"))
    #expect(try client.answer().status == 100)
    #expect(try client.ask("{}").status == 200)
    // A refusal comes before the body does.
    let refused = try client.ask(head("/v1/traces", "Content-Type: text/csv", "Content-Length: 2000000", "Expect: 100-continue"))
    #expect(refused.status == 415)
  }

  @Test func `Both addresses of this machine are heard`() throws {
    let receiver = try Receiver()
    for endpoint in receiver.listener.endpoints {
      let client = try receiver.client(endpoint.contains("[") ? "::1" : "127.0.0.1")
      #expect(try client.ask(request("{}")).status == 200)
    }
    #expect(receiver.listener.endpoints.count >= 1)
  }

  @Test func `A span that cannot be used is told, the others are taken`() throws {
    let receiver = try Receiver()
    let broken = spanBody("good").replacing("\"spans\":[", with: "\"spans\":[{\"name\":\"no ids\",\"startTimeUnixNano\":\"1\"},")
    let answer = try receiver.client().ask(request(broken))
    #expect(
      answer.status == 200 && answer.body.contains("\"rejectedSpans\":\"1\"") && answer.body.contains("errorMessage"), "\(answer.body)")
    #expect(receiver.roots == ["good"])
  }

  @Test(arguments: [
    (head("/v1/spans", "Content-Type: application/json", "Content-Length: 0"), 404, "unknownPath"),
    (head("/v1/traces", method: "GET"), 405, "wrongMethod"),
    (head("/v1/traces", "Content-Length: 0"), 415, "wrongType"),
    (head("/v1/traces", "Content-Type: application/json", "Content-Encoding: br", "Content-Length: 0"), 415, "wrongType"),
    (head("/v1/traces", "Content-Type: application/json", "Content-Length: 99999999"), 413, "tooLarge"),
    (head("/v1/traces", "Content-Type: application/json", "Content-Length: 9") + "{\"a\":1}  ", 400, "malformed"),
    (head("/v1/traces", "Content-Type: application/json", "Content-Length: 4") + "spam", 400, "malformed"),
    (head("/v1/traces", "Content-Type: application/json", "Content-Length: 5") + "{\"res", 400, "malformed"),
    (head("/v1/traces", "Content-Type: application/json", "Content-Encoding: gzip", "Content-Length: 4") + "spam", 400, "malformed"),
    (head("/v1/traces", "Content-Type: application/json", "Content-Length: 2", "Origin: http://example.org") + "{}", 403, "foreignOrigin"),
    (head("/v1/traces", host: "example.org", "Content-Type: application/json", "Content-Length: 2") + "{}", 421, "foreignHost"),
    (head("/v1/traces", host: nil, "Content-Type: application/json", "Content-Length: 2") + "{}", 400, "malformed"),
    (head("/v1/traces", "Host: localhost", "Content-Length: 0"), 400, "malformed"),
    ("spam and eggs\r\n\r\n", 400, "malformed"),
    (head("/v1/traces", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n", 400, "malformed"),
    (head("/v1/traces", "X: \(String(repeating: "x", count: 20_000))"), 431, "headersTooLarge"),
  ]) func `What is not taken is refused with a reason, and counted under it`(_ text: String, _ status: Int, _ counter: String) throws {
    let receiver = try Receiver()
    let answer = try receiver.client().ask(text)
    #expect(answer.status == status, "\(answer)")
    #expect(answer.body.hasPrefix("{\"code\":") && answer.body.contains("\"message\":\""), "\(answer.body)")
    #expect(receiver.count(counter) == 1, "\(receiver.listener.report.requests)")
    #expect(receiver.told.all.count == 1 && receiver.told.all[0].contains(counter), "\(receiver.told.all)")
    // The next one finds everything as it was.
    #expect(try receiver.client().ask(request(spanBody("after"))).status == 200)
    #expect(receiver.roots == ["after"])
  }

  @Test func `A refusal of binary OTLP is binary`() throws {
    let receiver = try Receiver()
    let answer = try receiver.client().ask(head("/v1/traces", "Content-Type: application/x-protobuf", "Content-Length: 99999999"))
    #expect(
      answer.status == 413 && answer.head.contains("application/x-protobuf") && answer.body.utf8.starts(with: [0x08, 8, 0x12]), "\(answer)")
  }

  private func binary(_ bytes: [UInt8]) -> [UInt8] {
    Array(head("/v1/traces", "Content-Type: application/x-protobuf", "Content-Length: \(bytes.count)").utf8) + bytes
  }

  @Test func `Binary OTLP is taken, answered in binary, and told where it breaks`() throws {
    let receiver = try Receiver()
    let client = try receiver.client()
    let identity: [UInt8] = [0x0A, 16] + (1...16) + [0x12, 8] + (1...8)
    let times: [UInt8] = [0x39] + (1...8) + [0x41] + (1...8)
    let span = identity + [0x2A, 6] + Array("binary".utf8) + times
    let nameless: [UInt8] = [0x2A, 6] + Array("no ids".utf8)
    func request(_ spans: [[UInt8]]) -> [UInt8] {
      var scope: [UInt8] = []
      for span in spans { scope += [0x12, UInt8(span.count)] + span }
      let scopes: [UInt8] = [0x12, UInt8(scope.count)] + scope
      return [0x0A, UInt8(scopes.count)] + scopes
    }
    client.send(binary(request([span])))
    let taken = try client.answer()
    #expect(taken.status == 200 && taken.body.isEmpty && taken.head.contains("application/x-protobuf"), "\(taken)")
    #expect(receiver.roots == ["binary"])
    // Without a record it is a request all the same.
    client.send(binary([]))
    #expect(try client.answer().status == 200)
    client.send(binary(request([nameless])))
    let partial = try client.answer()
    #expect(
      partial.status == 200 && partial.body.utf8.starts(with: [0x0A]) && partial.body.utf8.dropFirst(2).starts(with: [0x08, 1, 0x12]),
      "\(partial)")
    client.send(binary(Array(request([span]).dropLast(3))))
    let broken = try client.answer()
    #expect(broken.status == 400 && broken.body.utf8.starts(with: [0x08, 3, 0x12]) && broken.body.contains("byte"), "\(broken)")
    #expect(receiver.count("traces") == 4 && receiver.count("malformed") == 1)
    #expect(receiver.listener.report.statistics.lost == 2 && receiver.listener.report.problems.count == 2)
  }

  @Test func `gRPC is told what to use, in its own words; so is TLS`() throws {
    let receiver = try Receiver()
    let client = try receiver.client()
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    // SETTINGS without any, then HEADERS of stream 1 with nothing that is looked at.
    client.send([0, 0, 0, 4, 0, 0, 0, 0, 0])
    client.send([0, 0, 1, 1, 4, 0, 0, 0, 1, 0x82])
    let bytes = try client.rest()
    // The last frame is GOAWAY of stream 1 without an error: gRPC's C core aborts its program at HTTP_1_1_REQUIRED.
    let advice = bytes.lastIndex(of: 7).map { Array(bytes[$0...].prefix(14)) }
    #expect(advice == [7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], "\(bytes)")
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(
      text.contains("grpc-status") && text.contains("grpc-message") && text.contains("OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"), "\(text)"
    )
    let secret = try receiver.client()
    secret.send([0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0, 0, 1, 3])
    #expect(try secret.rest().first == 0x15)
    #expect(receiver.count("http2") == 1 && receiver.count("tls") == 1)
  }

  @Test func `Fifty clients at once lose nothing`() throws {
    let receiver = try Receiver()
    let failures = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    for number in 0..<50 {
      try SystemThread.start {
        do {
          let client = try receiver.client()
          for turn in 0..<10 {
            let digits = String(1_000_000 + number * 100 + turn)
            let answer = try client.ask(request(spanBody("r\(digits)", trace: "5b8efff798038103d269b6338" + digits)))
            if answer.status != 200 { failures.add(1, ordering: .relaxed) }
          }
        } catch { failures.add(1, ordering: .relaxed) }
        done.add(1, ordering: .relaxed)
      }
    }
    #expect(receiver.until { done.load(ordering: .relaxed) == 50 })
    #expect(failures.load(ordering: .relaxed) == 0)
    #expect(Set(receiver.roots).count == 500 && receiver.count("traces") == 500)
  }
}

// Proves that every bound of the receiver is reached, told and counted, and that what is over it disturbs nobody else.

import Platform
import Testing
import TraceDistiller

@testable import OTLPReceiver

@Suite struct ReceiverBoundTests {
  @Test func `A packed body that grows beyond the bound is refused`() throws {
    let receiver = try Receiver { $0.maxUnpackedBytes = 64 << 10 }
    let client = try receiver.client()
    client.send(
      head("/v1/traces", "Content-Type: application/json", "Content-Encoding: gzip", "Content-Length: \(PackedBodies.bomb.count)"))
    client.send(PackedBodies.bomb)
    let answer = try client.answer()
    #expect(answer.status == 413 && answer.body.contains("unpacked"), "\(answer)")
    #expect(receiver.count("tooLarge") == 1)
    #expect(try client.ask(request(spanBody("after"))).status == 200)
  }

  @Test func `A body in chunks is refused where it is too long, however long it says it is`() throws {
    let receiver = try Receiver { $0.maxBodyBytes = 10_000 }
    let client = try receiver.client()
    client.send(head("/v1/traces", "Content-Type: application/json", "Transfer-Encoding: chunked"))
    let chunk = "1000\r\n" + String(repeating: " ", count: 4_096) + "\r\n"
    for _ in 0..<4 { client.send(chunk) }
    client.send("0\r\n\r\n")
    #expect(try client.answer().status == 413)
    #expect(try client.ask(request("{}")).status == 200)
  }

  @Test func `Bodies together take no more than their share; who gets none comes again`() throws {
    let receiver = try Receiver {
      $0.maxHeldBytes = 100_000
      $0.maxBodyBytes = 80_000
    }
    let blanks = String(repeating: " ", count: 60_000)
    let (first, second) = (try receiver.client(), try receiver.client())
    first.send(head("/v1/traces", "Content-Type: application/json", "Content-Length: 60002") + blanks)
    #expect(receiver.until { receiver.listener.openRequests == 1 })
    // Lent once it is there: asked again until it is.
    let whole = head("/v1/traces", "Content-Type: application/json", "Content-Length: 60002") + blanks + "{}"
    var answer = try second.ask(whole)
    for _ in 0..<100 where answer.status == 200 { answer = try second.ask(whole) }
    #expect(answer.status == 503 && answer.head.lowercased().contains("retry-after: 1"), "\(answer)")
    #expect(receiver.count("busy") == 1)
    #expect(try first.ask("{}").status == 200)
    #expect(try second.ask(whole).status == 200)
  }

  @Test func `What a connection held is free when it breaks`() throws {
    let receiver = try Receiver {
      $0.maxHeldBytes = 100_000
      $0.maxBodyBytes = 80_000
    }
    let blanks = String(repeating: " ", count: 60_000)
    for _ in 0..<5 {
      let client = try receiver.client()
      client.send(head("/v1/traces", "Content-Type: application/json", "Content-Length: 70000") + blanks)
    }
    #expect(receiver.until { receiver.listener.openConnections == 0 && receiver.listener.openRequests == 0 })
    let whole = head("/v1/traces", "Content-Type: application/json", "Content-Length: 60002") + blanks + "{}"
    #expect(try receiver.client().ask(whole).status == 200)
  }

  @Test func `Connections beyond their number are told so`() throws {
    let receiver = try Receiver { $0.maxConnections = 2 }
    let (first, second) = (try receiver.client(), try receiver.client())
    #expect(try first.ask(request("{}")).status == 200)
    #expect(try second.ask(request("{}")).status == 200)
    let answer = try receiver.client().ask(request("{}"))
    #expect(answer.status == 503 && answer.head.lowercased().contains("retry-after"), "\(answer)")
    #expect(receiver.count("tooManyConnections") == 1)
    #expect(try first.ask(request("{}")).status == 200)
  }

  @Test func `Connections that say nothing, half a head or half a body end in time`() throws {
    let receiver = try Receiver {
      $0.headNanos = 100_000_000
      $0.pieceNanos = 100_000_000
    }
    let silent = try receiver.client()
    #expect(try silent.rest().isEmpty)
    let half = try receiver.client()
    half.send("POST /v1/traces HTTP/1.1\r\nHo")
    #expect(try half.rest().isEmpty)
    let slow = try receiver.client()
    let answer = try slow.ask(head("/v1/traces", "Content-Type: application/json", "Content-Length: 100") + "{")
    #expect(answer.status == 408, "\(answer)")
    #expect(receiver.count("tooSlow") == 3)
    #expect(receiver.until { receiver.listener.openConnections == 0 })
  }

  @Test func `A body that comes drop by drop ends in time`() throws {
    let receiver = try Receiver {
      $0.pieceNanos = 5_000_000_000
      $0.bodyNanos = 200_000_000
    }
    let client = try receiver.client()
    client.send(head("/v1/traces", "Content-Type: application/json", "Content-Length: 1000000"))
    try SystemThread.start { [socket = client.socket] in
      var byte: UInt8 = 0x20
      for _ in 0..<1_000 {
        guard write(socket, &byte, 1) == 1 else { return }
        usleep(2_000)
      }
    }
    #expect(try client.answer().status == 408)
    #expect(receiver.count("tooSlow") == 1)
  }

  @Test func `Programs of another user are refused, unless they are let in`() throws {
    let receiver = try Receiver(user: geteuid() + 1)
    let answer = try receiver.client().ask(request(spanBody("foreign")))
    #expect(answer.status == 403 && answer.body.contains("--otlp-any-user"), "\(answer)")
    #expect(receiver.count("foreignUser") == 1 && receiver.roots.isEmpty)
    let open = try Receiver(user: geteuid() + 1, anyUser: true)
    #expect(try open.client().ask(request(spanBody("foreign"))).status == 200)
  }
}

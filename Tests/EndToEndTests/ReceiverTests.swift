// Proves that `serve --otlp` is found, tells what it refuses, goes with its server, and that nothing listens unless it is asked to.

import JSON
import Platform
import Testing

@Suite struct ReceiverTests {
  private static let body = """
    {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"sent",\
    "startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000"}]}]}]}
    """
  private static let post = """
    import sys, urllib.request, urllib.error
    try:
        request = urllib.request.Request(sys.argv[1] + "/v1/traces", sys.argv[2].encode(), {"Content-Type": "application/json"})
        print(urllib.request.urlopen(request).status)
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode())
    """

  private func paths(_ pipe: String) -> (code: Int32, output: String, error: String) { run([program, "paths", "--otlp", "--pipe", pipe]) }

  @Test func `A server that listens is found beside its pipe, until it ends or is killed`() throws {
    let place = try TestPlace()
    do {
      let silent = try ServerProcess(pipe: place.pipe)
      #expect(try silent.ask("server/status")["sources"]?.array?.count == 1)
      let found = paths(place.pipe)
      #expect(found.code == 69 && found.error.contains("--otlp auto"), "\(found)")
      silent.closeInput()
      silent.end()
    }
    let server = try ServerProcess(pipe: place.pipe, options: ["--otlp", "0"])
    let endpoint = String(paths(place.pipe).output.dropLast())
    let status = try server.ask("server/status")
    #expect(
      status["sources"]?[1]?["kind"]?.string == "otlp" && status["sources"]?[1]?["path"]?.string == endpoint, "\(status.serializedString)")
    #expect(run([program, "paths", "--pipe", place.pipe]).output.contains("otlp  \(endpoint)"))
    let hint = try server.ask("traces/list")["hint"]?.string ?? ""
    #expect(hint.contains(endpoint) && hint.contains("OTEL_EXPORTER_OTLP_ENDPOINT"), "\(hint)")

    #expect(run(["python3", "-c", Self.post, endpoint, Self.body]).output == "200\n")
    #expect(try server.ask("traces/list")["total"]?.integer == 1)
    #expect(try server.ask("server/status")["sources"]?[1]?["requests"]?["traces"]?.integer == 1)

    kill(server.process, SIGKILL)
    server.end()
    #expect(access(place.pipe + ".otlp", F_OK) == 0 && paths(place.pipe).code == 69)
    let next = try ServerProcess(pipe: place.pipe, options: ["--otlp", "auto"])
    #expect(paths(place.pipe).output.hasPrefix("http://127.0.0.1:"))
    next.closeInput()
    #expect(next.end() == 0 && access(place.pipe + ".otlp", F_OK) != 0)
  }

  @Test func `Of two servers of a pipe the one that reads it is found, then the other`() throws {
    let place = try TestPlace()
    let first = try ServerProcess(pipe: place.pipe, options: ["--otlp", "0"])
    let one = paths(place.pipe).output
    let second = try ServerProcess(pipe: place.pipe, options: ["--otlp", "0"])
    #expect(paths(place.pipe).output == one)
    first.closeInput()
    first.end()
    try second.status { _ in
      let now = run([program, "paths", "--otlp", "--pipe", place.pipe])
      return now.code == 0 && now.output != one
    }
  }

  @Test func `An address that is taken or is none ends the start with a reason`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe, options: ["--otlp", "0"])
    let port = try #require(paths(place.pipe).output.dropLast().split(separator: ":").last)
    let taken = run([program, "serve", "--pipe", place.pipe + "2", "--otlp", String(port)])
    #expect(taken.code == 64 && taken.error.contains("another program has this port"), "\(taken)")
    for wrong in ["example.org:80", "nonsense", "70000"] {
      #expect(run([program, "serve", "--pipe", place.pipe + "2", "--otlp", wrong]).code == 64)
    }
    #expect(run([program, "serve", "--pipe", place.pipe + "2", "--otlp-any-user"]).code == 64)
    withExtendedLifetime(server) {}
  }

  @Test(.enabled(if: geteuid() == 0, "only root can become another user"))
  func `Another user is refused, told and counted, and let in where that is said`() throws {
    let place = try TestPlace()
    for isOpen in [false, true] {
      let server = try ServerProcess(pipe: place.pipe + "\(isOpen)", options: ["--otlp", "0"] + (isOpen ? ["--otlp-any-user"] : []))
      let endpoint = String(paths(place.pipe + "\(isOpen)").output.dropLast())
      // Everything is loaded before: the other user may not be allowed to.
      let script = """
        import os, socket, sys
        host, port = sys.argv[1][7:].split(":")
        os.setgid(65534)
        os.setuid(65534)
        connection = socket.socket()
        connection.connect((host, int(port)))
        head = "POST /v1/traces HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Type: application/json\\r\\nConnection: close\\r\\n"
        connection.sendall((head + "Content-Length: %d\\r\\n\\r\\n" % len(sys.argv[2]) + sys.argv[2]).encode())
        print(connection.makefile().read())
        """
      let result = run(["python3", "-c", script, endpoint, Self.body])
      #expect(result.output.hasPrefix("HTTP/1.1 \(isOpen ? 200 : 403) ") && result.output.contains("\"code\":7") == !isOpen, "\(result)")
      let refused = try server.ask("server/status")["sources"]?[1]?["requests"]?["foreignUser"]?.integer
      #expect(refused == (isOpen ? 0 : 1))
    }
  }
}

// Proves where `--otlp` leads, and which Host headers are this machine's.

import Testing

@testable import OTLPReceiver

@Suite struct PlaceTests {
  @Test(arguments: [
    ("auto", ListenerPlace.automatic), ("4319", .given(host: nil, port: 4319)), (":4319", .given(host: nil, port: 4319)),
    ("localhost:1", .given(host: nil, port: 1)), ("127.0.0.1:4318", .given(host: "127.0.0.1", port: 4318)),
    ("http://127.0.0.1:4318/", .given(host: "127.0.0.1", port: 4318)), ("[::1]:0", .given(host: "::1", port: 0)),
    ("0.0.0.0:4318", .given(host: "0.0.0.0", port: 4318)),
  ]) func `An address leads where it says`(_ text: String, _ place: ListenerPlace) {
    #expect(ListenerPlace(text) == place)
  }

  @Test(arguments: ["", "65536", "-1", "example.org:80", "[::1]", "127.0.0.1", "http://", "+80", "1.2.3:4", "٣"])
  func `What is no address is refused`(_ text: String) {
    #expect(ListenerPlace(text) == nil)
  }

  @Test(arguments: [
    ("localhost", true, true), ("LOCALHOST:4318", true, true), ("127.0.0.1:4318", true, true), ("127.9.9.9", true, true),
    ("[::1]:4318", true, true),
    ("[::ffff:127.0.0.1]:1", true, true), ("example.org", false, false), ("localhost.example.org", false, false),
    ("127.0.0.1.example.org", false, false),
    ("192.168.1.7:4318", false, true), ("[fe80::1]:4318", false, true), ("host.docker.internal:4318", false, true), ("", false, false),
    ("0x7f000001", false, false), ("2130706433", false, false),
  ]) func `Only names of this machine are heard, and addresses where the listener is open`(_ host: String, closed: Bool, open: Bool) {
    #expect(HostCheck(isOpen: false, name: nil).allows(host) == closed)
    #expect(HostCheck(isOpen: true, name: nil).allows(host) == open)
  }
}

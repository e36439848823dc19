// What is removed from a text, and what only looks similar and is kept. None of these secrets is real: they are assembled at run time, so
// that scanners of repositories do not report them.

import Foundation
import JSON
import Testing

@testable import TraceDistiller

@Suite struct SecretScanTests {
  private static let jwt = ["eyJ" + "hbGciOiJIUzI1NiJ9", "eyJ" + "zdWIiOiJhZGEifQ", "c2lnbmF0dXJl"].joined(separator: ".")
  private static let github = "ghp" + "_" + "16C7e42F292c6912E7710c838347Ae178B4a"
  private static let aws = "AKIA" + "IOSFODNN7EXAMPLE"
  private static let google = "AIza" + "SyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY"
  private static let openAI = "sk" + "-proj-" + "4fT9aQ2mZ8xK1pL0vB7n"
  private static let slack = "xoxb" + "-2112345678-abcDEF123"
  private static let pem = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----"

  @Test(arguments: [
    ("see \(jwt) there", "see [redacted:jwt] there"), ("Bearer \(jwt)", "Bearer [redacted:authorization]"),
    ("unsigned eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "unsigned [redacted:jwt]"),
    ("key \(aws).", "key [redacted:aws_key]."), ("\(aws)", "[redacted:aws_key]"),
    ("push with \(github) failed", "push with [redacted:github_token] failed"),
    ("github_pat_11ABCDEFG0abcdefghijklmnop_x", "[redacted:github_token]"), ("maps \(google)!", "maps [redacted:api_key]!"),
    ("(\(openAI))", "([redacted:api_key])"), ("sk_live_4eC39HqLyjWDarjtT1", "[redacted:api_key]"), ("\(slack),", "[redacted:slack_token],"),
    ("a \(pem) b", "a [redacted:private_key] b"), ("-----BEGIN PRIVATE KEY-----\nMIIE", "[redacted:private_key]"),
    ("postgres://ada:love@db.example/shop", "postgres://[redacted:url_credentials]@db.example/shop"),
    ("redis://:p@ss:w0rd@host:6379 down", "redis://[redacted:url_credentials]@host:6379 down"),
    ("two http://a:b@c and http://d:e@f", "two http://[redacted:url_credentials]@c and http://[redacted:url_credentials]@f"),
    ("Authorization: Basic YWRhOmxvdmVsYWNl", "Authorization: Basic [redacted:authorization]"),
    ("bearer abcdef123456", "bearer [redacted:authorization]"),
    ("paid with 4111111111111111.", "paid with [redacted:card_number]."), ("4111 1111 1111 1111", "[redacted:card_number]"),
    ("5555-5555-5555-4444 2026", "[redacted:card_number] 2026"), ("378282246310005", "[redacted:card_number]"),
    ("3782 822463 10005", "[redacted:card_number]"), ("card=6011111111111117;", "card=[redacted:card_number];"),
    ("30569309025904", "[redacted:card_number]"), ("3530111333300000", "[redacted:card_number]"),
    ("/login?password=hunter2&next=/", "/login?password=[redacted:password]&next=/"),
    ("PGPASSWORD=hunter2 psql", "PGPASSWORD=[redacted:password] psql"), ("curl --token='a b c' x", "curl --token='[redacted:token]' x"),
    ("Server=x;Password=a'bc;", "Server=x;Password=[redacted:password];"), ("cookie=a=b; c=d and", "cookie=[redacted:cookie] and"),
    ("authorization=Basic abc def", "authorization=[redacted:authorization] def"),
    (#"{"user":"ada","password":"hun\"ter2","n":1}"#, #"{"user":"ada","password":"[redacted:password]","n":1}"#),
    ("{'api_key': 'abcdef'}", "{'api_key': '[redacted:key]'}"),
    (#"{"credentials":{"a":["}"]}} x"#, #"{"credentials":"[redacted:credentials]"} x"#),
    (#"{"password":123456}"#, #"{"password":"[redacted:password]"}"#),
    (#"{"x":"{\"token\":\"a\\\"bc\"}"}"#, #"{"x":"{\"token\":\"[redacted:token]\"}"}"#),
  ])
  func taken(text: String, expected: String) { check(text, expected) }

  @Test(arguments: [
    "", "a", "plain words", "the eyJ is a word", "eyJhbGciOiJIUzI1NiJ9.short", "xeyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
    "AKIAIOSFODNN7EXAMPL",
    "AKIAIOSFODNN7EXAMPLE7", "ASIAN food", "ghp_short", "task-4fT9aQ2mZ8xK1pL0vB7n", "sk-learn-pipeline-model-version-2",
    "risk-12345678901234567890",
    "xoxo-love", "-----BEGIN CERTIFICATE-----\nMIIE", "--------", "https://user@host/x", "mailto:ada@example.org", "ada@example.org:22",
    "http://host/a:b@c", "ssh://git@github.com/x", "Bearer authentication", "bearer of bad news", "Basic authentication is off",
    "basic arithmetic",
    "4111111111111112", "order 1700000000000000000", "at 1795428000000", "4111-1111-1111-1111-2", "id 411111111111111a",
    "order_id=4111111111111111",
    #""orderId":"4111111111111111""#, "/orders/4111111111111111", "#4111111111111111", "0.4111111111111111", "4111111111111111.5",
    "41111111-1111-1111-1111-111111111111", "9111111111111111", "token=?", "password=$1", "password=****",
    "password=null",
    "next_token=abcdef", "input_tokens=1234", "a == secret", "secret == other", "password=[redacted:password] x", "token: unexpected }",
    #"{"token":12}"#, #"{"password":true}"#, #"{"password":"[redacted:password]"}"#, #"{"token_count":"1234"}"#,
    "x://[redacted:url_credentials]@host",
    "Bearer [redacted:authorization]", "password='[redacted:password]'",
  ])
  func kept(text: String) { check(text, text) }

  /// JSON stays valid JSON, and its numbers keep their type.
  @Test(arguments: [
    (#"{"a":4111111111111111,"b":"4111111111111111"}"#, #"{"a":4111111111111111,"b":"[redacted:card_number]"}"#),
    (#"["x","password=a\\bc\"b"]"#, #"["x","password=[redacted:password]\"b"]"#),
    (#"["password=abc"]"#, #"["password=[redacted:password]"]"#),
    (#"{"password":["a","b"],"x":1}"#, #"{"password":"[redacted:password]","x":1}"#),
    (#"["-----BEGIN PRIVATE KEY-----\nMIIE"]"#, #"["[redacted:private_key]"]"#),
    (#"{"secret":"a\\\"b","c":2}"#, #"{"secret":"[redacted:secret]","c":2}"#),
    (#"["{\"secret\":\"a\\\\\\\"b\",\"c\":2}"]"#, #"["{\"secret\":\"[redacted:secret]\",\"c\":2}"]"#),
    (#"["{\"password\":12345}"]"#, #"["{\"password\":\"[redacted:password]\"}"]"#),
    (#"["{\"secret\":{\"a\":\"}\"},\"c\":2}"]"#, #"["{\"secret\":\"[redacted:secret]\",\"c\":2}"]"#),
    (#"["token=\"abc\" x"]"#, #"["token=\"abc\" x"]"#.replacing("abc", with: "[redacted:token]")),
  ])
  func json(text: String, expected: String) throws {
    check(text, expected, isJSON: true)
    _ = try JSONValue(parsing: clean(text, isJSON: true)?.text ?? text)
  }

  /// Texts cut at any position: no crash, with or without JSON, and nothing is found a second time in the result.
  @Test func everyPrefixAndEverySuffix() {
    let text =
      "a \(Self.pem) \(Self.jwt) http://a:b@c?token=abc&x {\"password\":\"x\\\"y\",\"n\":[1]} {\\\"secret\\\":{\\\"a\\\":1}} 4111 1111 1111 1111 \(Self.aws) Bearer abc12345 é"
    let bytes = Array(text.utf8)
    for end in 0...bytes.count {
      for part in [Array(bytes[..<end]), Array(bytes[end...])] {
        for isJSON in [false, true] {
          part.withUnsafeBytes { part in
            guard let once = SecretScan.cleaned(part, isJSON: isJSON) else { return }
            let again = once.bytes.withUnsafeBytes { SecretScan.cleaned($0, isJSON: isJSON) }
            let isStable = again == nil
            #expect(isStable, "\(String(decoding: part, as: UTF8.self)) → \(String(decoding: once.bytes, as: UTF8.self))")
          }
        }
      }
    }
  }

  /// Texts with many possible beginnings of a secret take time proportional to their length.
  @Test func manyBeginningsCostNoMoreThanTheirLength() {
    let beginnings = [
      "eyJ", "eyJa.", "a@", "://a:b", "Bearer ", "token=", "\"token\":", "\"password\":{", "4111 ", "4", "sk-", "ghp_", "-----BEGIN ",
      "AKIA", "AIza", "'", "\\\"secret\\\":\\\"",
      "-----BEGIN PRIVATE KEY-----", ".glpat-", " -p ", "<password>", "VALUES('", "https://hooks.slack.com/services/", "password%3D",
      "--token ",
      "sid=", "sessionid=x; ", "name=\"password\"\n", "password is ", " -storepass ", "a/b@", "password: |\n  ", "password=[",
      "password=Some(", "('a'),", "x='",
      "IDENTIFIED WITH a BY '", "<a name=\"password\">", "ada:b@tcp(", " -u a:b", "sqlplus a/b@", "password:\n  a\n",
      "eyJaaaaaaaaaaaaaa+", "\"a\",", "\"password\",\"", "password='{{", "(a,'", "IDENTIFIED BY '", "123456789:AA",
    ]
    for beginning in beginnings {
      let text = String(repeating: beginning, count: 300_000 / beginning.utf8.count)
      // This thread's own time, whatever else the machine does: three seconds at most, and many minutes where each beginning were read to the end.
      let begun = ThreadTime.seconds
      for isJSON in [false, true] { _ = clean(text, isJSON: isJSON) }
      let spent = ThreadTime.seconds - begun
      #expect(spent < 20, "\(beginning): \(spent) s")
    }
  }

  private func clean(_ text: String, isJSON: Bool = false) -> (text: String, count: Int)? {
    var text = text
    return text.withUTF8 { SecretScan.cleaned(UnsafeRawBufferPointer($0), isJSON: isJSON) }.map {
      (String(decoding: $0.bytes, as: UTF8.self), $0.count)
    }
  }

  private func check(_ text: String, _ expected: String, isJSON: Bool = false, at location: SourceLocation = #_sourceLocation) {
    let got = clean(text, isJSON: isJSON)
    #expect((got?.text ?? text) == expected, "\(text)\n  expected \(expected)\n  got      \(got?.text ?? text)", sourceLocation: location)
    let marks = expected.split(separator: "[redacted:", omittingEmptySubsequences: false).count - 1
    if text != expected {
      #expect(got?.count == marks, "\(text): counted \(got?.count ?? 0), there are \(marks)", sourceLocation: location)
    }
  }
}

/// What this thread has taken of a processor.
enum ThreadTime {
  static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

// Whole segments of a key decide whether its value is a secret: parts of a word do not count, nor do facts about a secret.

import Testing

@testable import TraceDistiller

@Suite struct SecretKeyTests {
  @Test(arguments: [
    ("password", "password"), ("PASSWORD", "password"), ("db.password", "password"), ("user_password", "password"),
    ("userPassword", "password"),
    ("password2", "password"), ("passwd", "password"), ("PGPASSWORD", "password"), ("new-password", "password"), ("otp", "password"),
    ("secret", "secret"), ("client_secret", "secret"), ("clientSecret", "secret"), ("clientsecret", "secret"), ("secrets", "secret"),
    ("token", "token"), ("access_token", "token"), ("accessToken", "token"), ("AccessToken", "token"), ("x-auth-token", "token"),
    ("csrfToken", "token"), ("refreshtoken", "token"), ("token_value", "token"), ("oauth2Token", "token"), ("gitlab.token", "token"),
    ("api_key", "key"), ("apiKey", "key"), ("APIKey", "key"), ("api-key", "key"), ("apikey", "key"), ("x-api-key", "key"),
    ("private_key", "key"),
    ("aws.access.key", "key"), ("secret_key", "key"), ("signing-key", "key"), ("api_keys", "key"),
    ("authorization", "authorization"), ("Proxy-Authorization", "authorization"), ("http.request.header.authorization", "authorization"),
    ("cookie", "cookie"), ("Set-Cookie", "cookie"), ("http.response.header.set-cookie", "cookie"), ("JSESSIONID", "cookie"),
    ("credentials", "credentials"), ("db.credential", "credentials"),
  ])
  func secrets(key: String, reason: String) { #expect(verdict(key) == "secret \(reason)", "\(key)") }

  @Test(arguments: [
    "input_tokens", "gen_ai.usage.output_tokens", "author", "authority", "token_count", "tokenCount", "max_tokens", "tokenizer", "tokens",
    "password_length", "passwordPolicy", "passwords_checked_count", "secretary", "secret_name", "secret.version", "cookie_count",
    "cookieName",
    "cookies.size", "next_token", "nextPageToken", "continuation_token", "unexpected_token", "token_type",
    "token.expires_in.seconds",
    "auth.method", "oauth", "authenticated", "authorization.decision", "key", "public_key", "cache.key", "primary_key",
    "foreignKey",
    "keyboard", "api", "api.name", "passenger", "compass", "spwd", "monkey", "apikeyboard", "cookieless", "", ".", "--",
    "é",
    "token_limit", "token.budget", "eos_token",
  ])
  func others(key: String) { #expect(verdict(key) == "ordinary", "\(key)") }

  /// The value decides.
  @Test(arguments: [
    ("auth", "authorization"), ("session", "token"), ("pass", "secret"), ("signature", "secret"), ("x.sig", "secret"), ("jwt", "token"),
  ])
  func doubtful(key: String, reason: String) { #expect(verdict(key) == "maybe \(reason)", "\(key)") }

  @Test(arguments: [
    "id", "order_id", "orderId", "trace.id", "request-uuid", "ids", "timestamp", "start_ns", "access_key_id", "session.id", "sessionId",
    "first_token_ms",
  ])
  func identifiers(key: String) { #expect(verdict(key) == "identifier", "\(key)") }

  /// The cache forgets or confuses nothing, below and above the number of entries that it stores without an allocation.
  @Test func cacheSaysWhatTheKeySays() {
    var cache = KeyVerdicts()
    let keys = ["password", "name", "order_id", "access_token", "api_key"]
    for _ in 0..<2 {
      for number in UInt32(1)..<5_000 {
        var key = keys[Int(number) % keys.count]
        let got = key.withUTF8 { cache.verdict(number, UnsafeRawBufferPointer($0)) }
        let expected = key.withUTF8 { SecretKeys.verdict(UnsafeRawBufferPointer($0)) }
        #expect(got == expected, "number \(number)")
      }
    }
  }

  private func verdict(_ key: String) -> String {
    var key = key
    switch key.withUTF8({ SecretKeys.verdict(UnsafeRawBufferPointer($0)) }) {
    case .ordinary: return "ordinary"
    case .identifier: return "identifier"
    case .secret(let reason): return "secret \(reason)"
    case .maybe(let reason): return "maybe \(reason)"
    case .code(let key): return "code \(key)"
    }
  }
}

// A hundred keys that name secrets and a hundred that only look similar, each with a realistic value.

import JSON
import Testing
import TraceRecords

@testable import TraceDistiller

@Suite struct SecretKeyListTests {
  private static let secrets = """
    password passwd pwd db.password db_password DB_PASS dbPassword SMTP_PASSWORD smtp_pass user.password userPassword user_pass MYSQL_PWD \
    PGPASSWORD REDIS_PASSWORD rabbitmq.pass admin_password rootPassword new-password old_password passphrase ssh.passphrase passcode pin_password \
    otp totp card.cvv cvc secret client_secret clientSecret app.secret APP_SECRET consumer_secret webhook_secret shared_secret jwt.secret JWT_SECRET \
    secret_key SECRET_KEY_BASE_SECRET django.secret_key api_secret token access_token accessToken refresh_token id_token auth_token authToken x-auth-token \
    session_token bearer_token csrf_token xsrf-token X-CSRF-Token github_token GITHUB_TOKEN gitlab.token NPM_TOKEN slack_token bot_token device_token \
    api_key apiKey APIKEY x-api-key X-Api-Key openai_api_key OPENAI_API_KEY stripe_key access_key aws.access.key AWS_SECRET_ACCESS_KEY private_key privateKey \
    signing_key encryption_key encryptionKey master_key account_key storage_key shared_key license_key ssh_key hmac_key session_key datadog_api_key DD_API_KEY \
    authorization Authorization proxy-authorization http.request.header.authorization cookie Cookie set-cookie http.response.header.set-cookie sessid \
    PHPSESSID JSESSIONID connect.sid credential credentials db.credentials aws_credentials creds userpass mnemonic github_pat docker_pass basic_pass
    """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)

  private static let others: [(key: String, value: String)] = [
    ("PWD", "/home/ada/app"), ("cwd", "/srv"), ("process.cwd", "/app"), ("password.attempts", "3"), ("password_attempts", "5"),
    ("password.length", "12"),
    ("password_policy", "strong-12"), ("passwordless", "true"), ("password_changed_at", "2026-11-30"), ("password.expires", "2027-01-01"),
    ("password_hint", "pet name"), ("password_strength", "good"), ("passwords_checked", "12"), ("max_tokens", "4096"),
    ("input_tokens", "120"),
    ("gen_ai.usage.output_tokens", "88"), ("token_count", "33"), ("token.type", "Bearer"), ("token_type", "Bearer"),
    ("tokenizer", "cl100k_base"),
    ("tokens", "12"), ("tokens_per_second", "41.5"), ("next_token", "eyJwYWdlIjoyfQ"), ("page_token", "CAUQAA"),
    ("nextPageToken", "CAUQAA"),
    ("continuation_token", "abc1234567"), ("cancellation_token", "none"), ("unexpected_token", "}"), ("token.kind", "IDENTIFIER"),
    ("token", "SEMICOLON"),
    ("token", "USDC"), ("token.symbol", "ETH"), ("token_address", "0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984"), ("token.valid", "true"),
    ("token_expired", "false"), ("eos_token", "</s>"), ("pad_token_id", "0"), ("token.position", "17"), ("logprobs.token", "hello"),
    ("secretary", "Ada Lovelace"),
    ("secret_name", "prod/db"), ("secret.version", "v12"), ("secret_arn_id", "abc123"), ("secrets.loaded", "14"),
    ("secret_rotation_enabled", "true"),
    ("cookie.consent", "accepted"), ("cookie_count", "7"), ("cookieName", "theme"), ("cookies.enabled", "true"),
    ("cookie.domain", "example.org"),
    ("cookie_banner", "shown"), ("credentials", "include"), ("fetch.credentials", "same-origin"), ("credentials_mode", "omit"),
    ("credential.type", "oidc"),
    ("credential_provider", "vault"), ("authorization", "allowed"), ("authorization.decision", "permit-all-7"), ("authorization", "denied"),
    ("authorization_status", "granted"), ("auth", "basic"), ("auth.method", "oauth2"), ("auth_type", "saml"), ("oauth.scope", "read:user"),
    ("authenticated", "true"), ("auth.success", "true"), ("author", "Ada"), ("authority", "db-1.example.org:5432"), ("key", "cart:1234"),
    ("cache.key", "user:42:profile"), ("cache_key", "v2:9f8e7d6c5b4a"), ("partition_key", "2026-11"), ("primary_key", "id"),
    ("sort.key", "created_at"),
    ("routing_key", "orders.eu"), ("messaging.kafka.message.key", "order-17"), ("foreign_key", "user_id"),
    ("public_key", "MFkwEwYHKoZIzj0CAQYI"),
    ("keyboard", "qwerty"), ("keys", "12"), ("idempotency_key", "a1b2c3d4"), ("row_key", "2026#17"), ("otp.release", "26.2.1"),
    ("erlang.otp", "26.2.1"),
    ("otp_version", "26"), ("pin", "on the map"), ("pin_count", "4"), ("pass", "3"), ("pass_count", "41"), ("render.pass", "shadow"),
    ("compass", "north"),
    ("passenger", "Ada"), ("bypass", "true"), ("signature", "foo(int, string)"), ("method.signature", "(I)V"), ("session.id", "9f8e7d6c"),
    ("session", "main"),
    ("sid", "web"), ("salt", "sea"), ("sig", "SIGTERM"), ("nonce", "7"), ("secret", "false"), ("token", "true"), ("api.name", "orders"),
    ("access", "read"),
    ("private", "yes"), ("account", "4711"), ("host.key.type", "ed25519"),
  ]

  @Test func secretsGo() {
    let missed = Self.secrets.filter { cleaned($0, "s3cr3t-Value-9a8b7c") == nil }
    #expect(Self.secrets.count >= 100, "\(Self.secrets.count)")
    #expect(missed.isEmpty, "\(missed.count) of \(Self.secrets.count) stayed: \(missed)")
  }

  @Test func othersStay() {
    let taken = Self.others.filter { cleaned($0.key, $0.value) != nil }
    #expect(Self.others.count >= 100, "\(Self.others.count)")
    #expect(taken.isEmpty, "\(taken.count) of \(Self.others.count) went: \(taken.map { "\($0.key)=\($0.value)" })")
  }

  /// Doubtful names need a value that looks random.
  @Test func doubtfulNamesDependOnTheValue() {
    for key in ["signature", "auth", "sid", "salt", "jwt", "nonce", "sig", "hmac"] {
      #expect(cleaned(key, "9f8e7d6c5b4a39281706f5e4d3c2b1a0") != nil, "\(key) with a random value")
      #expect(cleaned(key, "plain") == nil, "\(key) with a word")
    }
  }

  /// The value as the store would keep it; nil if it is unchanged.
  private func cleaned(_ key: String, _ value: String) -> String? {
    var sketch = TraceSketch("main  |--|")
    sketch.spans[0].attributes = [(key, .text(value))]
    let kept = sketch.distilled().node(0).attributes.first?.value.text
    return kept == value ? nil : kept
  }
}

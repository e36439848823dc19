// A secret that is recognisable only by its name, in every place where programs write names and values together.

import Testing

@testable import TraceDistiller

@Suite struct SecretPlaceTests {
  private static let secret = "hunter2-Of-Old"

  /// `@` is replaced by the secret.
  @Test(arguments: [
    // Messages.
    "login with password=@ failed", "login with password = @ failed", "password: @", "PassWord=@", "pass-word: @", "password:@",
    "password : @",
    "token is set: token=@, retrying",
    "using Api-Key: @ for host", "API key: @", "client secret: @", "refresh token: @",
    // Addresses.
    "https://host/x?password=@&next=/", "https://host/x#access_token=@", "postgres://ada:@@host/db", "/login?user%5Bpassword%5D=@",
    "user[password]=@",
    "redirect=%2Flogin%3Fpassword%3D@%26next%3D1", "q=%257B%2522password%2522%253A%2522@%2522%257D", "%7B%22password%22%3A%22@%22%7D",
    "https://s3/x?X-Amz-Security-Token=@&X-Amz-Expires=60",
    // SQL.
    "UPDATE users SET password = '@' WHERE id = 1", "SELECT * FROM t WHERE api_key='@'", "CREATE USER ada IDENTIFIED BY '@'",
    "ALTER USER ada WITH PASSWORD '@'", "alter role ada password '@';",
    "INSERT INTO users (name, password) VALUES ('ada', '@')", "insert into t(token,n) values ('@',1)",
    // Headers.
    "Authorization: Digest username=\"ada\", response=\"@\"",
    "X-Api-Key: @\r\nHost: a", "Authorization: Token @", "Proxy-Authorization: Bearer @", "Cookie: sid=@; theme=dark",
    "Set-Cookie: a=@; Path=/",
    #"["authorization","Bearer @"]"#, #"[["cookie","sid=@"],["accept","*/*"]]"#, "[(b'authorization', b'Bearer @'), (b'host', b'a')]",
    #"{"name":"authorization","value":"@"}"#, #"{"key":"password","value":{"stringValue":"@"}}"#, "headers: {'X-Auth-Token': '@'}",
    // Command lines.
    "mysql --password=@ -h db", "psql --password @ -h db", #"["app","--password","@"]"#, #"['app', '--api-key', '@']"#,
    "curl --user ada:@ https://host",
    "PGPASSWORD=@ psql", "docker run -e DB_PASSWORD=@ image", "export API_TOKEN='@'", "docker login --password-stdin --token \"@\"",
    "curl -u ada:@ https://host", "sshpass -p @ ssh host", "mysqldump -u root -p@ shop", "redis-cli -a @ ping",
    // JSON, plain and as a string of one, two and three levels, with escapes.
    #"{"password":"@"}"#, #"{ "password" : "@" }"#, #"{"a":"{\"password\":\"@\"}"}"#, #"{"a":"{\"b\":\"{\\\"password\\\":\\\"@\\\"}\"}"}"#,
    #"{"p\u0061ssword":"@"}"#, #"{"a":"{\"p\\u0061ssword\":\"@\"}"}"#, #"{"user":{"credentials":{"password":"@"}}}"#, "{'password': '@'}",
    #"{"db_password":["@","b"]}"#,
    // Others.
    "<password>@</password>", "<ns:apiKey type=\"x\">@</ns:apiKey>", #"<add key="Password" value="@"/>"#,
    #"<input name="password" value="@">"#,
    "user: ada\npassword: @\nhost: db", "password: \"@\"", "- name: DB_PASSWORD\n  value: @", "secret_key: '@'", "password => @",
    "'password' => '@'",
    ":password=>\"@\"", "HOME=/root\nDB_PASSWORD=@\nPATH=/bin", "Server=x;Uid=ada;Pwd=@;Database=y",
    "Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey=@",
    "DefaultEndpointsProtocol=https;AccountName=n;AccountKey=@;EndpointSuffix=x", "password := \"@\"", "user=ada&password=@&remember=1",
  ])
  func taken(form: String) {
    let text = form.replacing("@@", with: "\u{1}").replacing("@", with: Self.secret).replacing("\u{1}", with: Self.secret + "@")
    let got = clean(text)
    #expect(got?.contains(Self.secret) == false, "stayed in: \(text)\n  got \(got ?? "nothing found")")
    #expect(got?.contains("[redacted:") == true, "\(text)")
  }

  /// The same places in a text that is JSON: it stays valid JSON.
  @Test(arguments: [
    (#"{"log":"password=@ x"}"#, #"{"log":"password=[redacted:password] x"}"#),
    (#"["--password","@","x"]"#, #"["--password","[redacted:password]","x"]"#),
    (#"{"password":["@"],"n":1}"#, #"{"password":"[redacted:password]","n":1}"#),
    (#"{"log":"{\"token\":\"@\",\"n\":1}"}"#, #"{"log":"{\"token\":\"[redacted:token]\",\"n\":1}"}"#),
    (#"{"log":"{\"b\":\"{\\\"token\\\":[\\\"@\\\"]}\"}"}"#, #"{"log":"{\"b\":\"{\\\"token\\\":\\\"[redacted:token]\\\"}\"}"}"#),
    (#"{"a":"Cookie: sid=@; b=c","d":"e"}"#, #"{"a":"Cookie: [redacted:cookie]","d":"e"}"#),
  ])
  func json(form: String, expected: String) {
    let text = form.replacing("@", with: Self.secret)
    let got = clean(text, isJSON: true)
    #expect(got == expected, "\n  expected \(expected)\n  got      \(got ?? "nothing found")")
  }

  /// Channels that anyone with the address may write to, and signed addresses.
  @Test(arguments: [
    "https://hooks.slack.com/services/@", "https://discord.com/api/webhooks/123456/@",
    "https://x.webhook.office.com/webhookb2/@/IncomingWebhook/1/2",
    "https://api.telegram.org/bot123456789:@/sendMessage", "https://hooks.zapier.com/hooks/catch/1/@",
    "https://b.s3.amazonaws.com/k?X-Amz-Credential=c&X-Amz-Signature=@", "https://a.blob.core.windows.net/c?sv=2024-01-01&sig=@",
    "https://storage.googleapis.com/b/o?X-Goog-Signature=@",
  ])
  func channels(form: String) {
    let secret = "T0123ABCD" + "b7f3e9a1c5d2f8e4a6b0c9d7"
    let text = form.replacing("@", with: secret)
    #expect(clean(text)?.contains(secret) == false, "\(text)\n  got \(clean(text) ?? "nothing found")")
  }

  @Test func botsAndTrackers() {
    let bot = "123456789:" + "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw7"
    #expect(clean("bot \(bot) started") == "bot [redacted:token] started")
    let key = "0123456789abcdef" + "0123456789abcdef"
    #expect(clean("dsn https://\(key)@o1.ingest.sentry.io/2") == "dsn https://[redacted:url_credentials]@o1.ingest.sentry.io/2")
  }

  @Test(arguments: [
    "password must be at least 8 characters", "password: must not be empty", "token: expired", "token expired: please log in",
    "invalid token: unexpected end",
    "Password for ada: required", "secret: not found here", "authorization: denied", "auth: ok", "auth=basic", "credentials: same-origin",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf", "Token::Identifier", "if token == other {", "x != password",
    "cookie.consent=accepted", "PWD=/home/ada/project", "OLDPWD=/home/ada", "password=${DB_PASSWORD}", "password={{ vault }}",
    "password=%s", "token=<token>",
    "token=USDC", "token: SEMICOLON", "SELECT password FROM users", #"["id","password","email","created_at"]"#,
    "INSERT INTO users (name, password)",
    "WHERE password = :password", "WHERE password = @password", "WHERE password = $1", "WHERE password = ?", "signature=foo(int)",
    "session=main",
    "key: value", "next token: \"foo\"", "unexpected token: 'bar7'", "partition key: 7", "the secret of success", "bearer of bad news",
    "<password/>", "<token>id</token>",
    "--token --verbose",
    "--no-password --host db", "docker run -u 1000:1000 image", "mkdir -p /srv/x", "INSERT INTO users (name, password) VALUES (?, ?)",
    "INSERT INTO t (name, mail) VALUES ('ada', 'a1@b.org')", "max_tokens=4096", "password_hash_rounds=12", "at 12:30:45 it was",
    "http://host:8080/path",
    "https://user@host/x",
    #"{"max_tokens":100,"token_type":"Bearer"}"#, #"{"password":null,"token":12}"#, "otp.release=26.2.1", "otp=26.2.1",
  ])
  func kept(text: String) { #expect(clean(text) == nil, "\(text) became \(clean(text) ?? "")") }

  private func clean(_ text: String, isJSON: Bool = false) -> String? {
    var text = text
    return text.withUTF8 { SecretScan.cleaned(UnsafeRawBufferPointer($0), isJSON: isJSON) }.map {
      String(decoding: $0.bytes, as: UTF8.self)
    }
  }
}

// Kinds of places where a trial found leaks, and similar ones: printed values of languages, tools, formats. At least 95 of 100 secrets must
// be removed, and at most 2 of 100 similar texts may be changed. Secrets of letters only are tested beside ones with digits where people
// choose such secrets.

import Testing

@testable import TraceDistiller

@Suite struct SecretKindTests {
  /// `@` is replaced by the secret, `§` by an at sign.
  static let kinds = [
    // Languages that print values.
    #"Config { url: "x", password: "@" }"#, #"Some(Config { token: Some("@") })"#, "&{User:ada Password:@ Host:db}", "{User:ada APIKey:@}",
    "map[password:@ user:ada]", "Credentials(username='ada', password='@')", ##"#<User id: 1, password: "@">"##,
    #"%User{name: "ada", password: "@"}"#, #"{:password, "@"}"#, "User[name=ada, password=@]", "User(name=ada, password=@)",
    "{ user: 'ada', password: '@' }", "[\"password\"]=>\n  string(14) \"@\"", "[password] => @", "'password' => string '@' (length=14)",
    #"password: Optional("@")"#, "map[authorization:[Bearer @]]", #"Authorization:[]string{"Bearer @"}"#, #"headers: {"x-api-key": ["@"]}"#,
    "Secret { access_token: Some(\"@\"), ttl: 3 }", "Just (Config {password = \"@\"})",
    // Configuration.
    "user: ada\npassword: |\n  @\nhost: db", "token: >-\n  @\n", "password = \"@\"", "[db]\npassword=@", "machine h login ada password @",
    "//registry.npmjs.org/:_authToken=@", "[pypi]\nusername = ada\npassword = @", "db:\n  password:\n    @\n", "password: 'it-@'",
    // Command lines.
    "curl -u 'ada:@' https://h", "curl -uada:@ https://h", "curl -s -b 'sid=@' https://h", "curl --user=ada:@ h",
    #"curl -H "X-Api-Key: @" h"#,
    "wget --password=@ h", "wget --http-password=@ h", "http -a ada:@ h", "mongo -u ada -p @ db", "mongodump --password @",
    "mysql -p'@' shop",
    "7z a -p@ x.7z y", "zip -P @ x.zip y", "sqlcmd -S h -U ada -P @", "ldapsearch -x -D cn=ada -w @ dc=x", "smbclient //h/s -U ada%@",
    "keytool -list -keystore k -storepass @", "openssl rsa -in k -passin pass:@", "gpg --batch --passphrase @ -d x",
    "ansible-playbook --extra-vars \"db_password=@\"", "kubectl create secret generic x --from-literal=password=@",
    "vault kv put x password=@",
    "helm upgrade x --set db.password=@", "docker login -u ada -p @ registry", "sqlplus scott/@§db", #"{"args":["--db-pass","@"]}"#,
    "redis-cli -h h -a @ ping", "PGPASSWORD='@' psql",
    // Addresses.
    "ada:@§tcp(127.0.0.1:3306)/shop", "jdbc:oracle:thin:scott/@§//h:1521/x", "postgres://ada:a/@§h/db", "amqps://ada:@§mq/vhost",
    "jdbc:postgresql://h/db?user=a&password=@", "Data Source=h;User ID=a;Password=@;", "mongodb+srv://ada:@§h/db",
    "host=h user=u password=@ dbname=d",
    // SQL.
    "ALTER USER 'ada'§'%' IDENTIFIED BY '@'", "CREATE USER ada IDENTIFIED WITH mysql_native_password BY '@'",
    "SET PASSWORD FOR 'ada'§'h' = '@'",
    "SET PASSWORD FOR ada = PASSWORD('@')", "INSERT INTO u (n,password) VALUES ('a','b1-xyz'),('c','@')",
    "INSERT INTO u (password, n) VALUES ('b1-xyz', 1),\n ('@', 2)", "GRANT ALL ON x TO ada IDENTIFIED BY '@'",
    "CREATE ROLE ada LOGIN PASSWORD '@'",
    "UPDATE u SET token = E'@' WHERE id = 1", "UPDATE u SET password=N'@'",
    // Messages and protocols.
    "Content-Disposition: form-data; name=\"password\"\r\n\r\n@\r\n--b", "sessionid=@; theme=dark", "theme=dark; session=@",
    "Authorization Bearer @",
    "password is @", "the password is \"@\"", "password was changed to @", "authorization: [Bearer @]",
    #"level=info password="@" user=ada"#, "login failed for ada with password '@'",
    // XML.
    "<property name=\"password\">@</property>", "<string name=\"api_key\">@</string>", "<Password><![CDATA[@]]></Password>",
    // Other languages.
    "contraseña: @", "Passwort: @", "пароль: @", "密码: @", "senha=@", "wachtwoord=@",
  ]

  static let harmless = [
    "password is required", "password is too short", "the password is not set", "password was changed", "your password has expired",
    "password for ada was reset",
    "the password must be at least 8 characters", "password reset sent to ada", "Password and user name do not match",
    "passwords do not match", "pass -p 8080:80",
    "docker run -p 8080:80 nginx", "ssh -p 2222 host", "mkdir -p /srv/data", "cp -p a b", "nc -w 5 host 80", "ping -w 10 host",
    "grep -w token file",
    "curl -b cookies.txt https://h", "curl -U proxy https://h", "tar -P -xf x.tar", "zip -r x.zip dir", "ps -u ada", "psql -U ada -w",
    "useradd -u 1001 ada",
    "http://host:8080/path§x", "http://host/a/b§c", "ada§example.org", "mailto:ada/dev§example.org", "git§github.com:a/b",
    "user/repo§v1.2.3", "npm i left/pad§1.0",
    "{Name:ada Age:36}", "map[a:1 b:2]", "{token:IDENT pos:3}", "{Status:ok Token:expired}", "key: |\n  some text\n",
    "password:\n  min: 8\n  max: 64",
    "passwords:\n  - name: x", "token: >\n", "description: the token\n  is shown", "<property name=\"color\">red</property>",
    "<a href=\"x\">token</a>",
    "<field name=\"password_length\">12</field>", "sid=web", "session=main; other", "theme=dark; lang=en", "id=42; name=ada",
    "sessions: 12", "auth; next",
    "name=\"file\"\r\n\r\nhello\r\n", "name=\"password\" type=\"text\"", "INSERT INTO t (a, b) VALUES ('x','y'),('z','w')",
    "VALUES ('a'), ('b')",
    "SELECT 'password' AS x", "CREATE USER ada IDENTIFIED WITH auth_socket", "SET NAMES 'utf8mb4'", "SET x = 'abc1234'", "x AS 'name1'",
    "Some(\"plain\")",
    "token: None", "token: Some(Ident)", "Optional(\"x\")", "{:ok, \"done1\"}", "{:error, \"no such file\"}", "[info] => loaded",
    "string(5) \"hello\"",
    "Bearer token missing", "Authorization header missing", "Authorization is off", "swordfish", "keyword is x", "the keywords are a1",
    "crossword 12b is hard",
    "password field is empty", "password input1 focused", "word2vec model", "WORD count", "sword 1", "Kennwort vergessen",
    "пароль неверный", "密码错误",
    "openssl x509 -in cert.pem", "java -version 17", "keytool -list -v", "passin the time", "-pass rate 99", "tests -password-free",
    "GET /orders 200", "order 17 took 3 ms", "https://example.org/a?b=c", "a: b", "x = y", "10.0.0.1:8080", "v1.2.3-rc1",
    "2026-11-30T10:00:00Z", "user ada logged in",
    "queue depth 12", "retry 3 of 5", "SELECT * FROM t WHERE id = 1", "/usr/bin/env python3", "cache hit ratio 0.97",
  ]

  @Test(arguments: ["hunter2-Of-Old", "xK9vQ2mTz7"]) func taken(secret: String) {
    let leaked = Self.kinds.filter { form in
      let text = form.replacing("@", with: secret).replacing("§", with: "@")
      return clean(text)?.contains(secret) ?? true
    }
    #expect(Self.kinds.count >= 95, "\(Self.kinds.count)")
    #expect(leaked.count * 20 <= Self.kinds.count, "\(leaked.count) of \(Self.kinds.count) leak:\n\(leaked.joined(separator: "\n"))")
  }

  @Test func kept() {
    let touched = Self.harmless.map { $0.replacing("§", with: "@") }.compactMap { text in clean(text).map { "\(text) → \($0)" } }
    #expect(Self.harmless.count >= 100, "\(Self.harmless.count)")
    #expect(touched.count * 50 <= Self.harmless.count, "\(touched.count) of \(Self.harmless.count):\n\(touched.joined(separator: "\n"))")
  }

  private func clean(_ text: String) -> String? {
    var text = text
    return text.withUTF8 { SecretScan.cleaned(UnsafeRawBufferPointer($0)) }.map { String(decoding: $0.bytes, as: UTF8.self) }
  }
}

// The words that classify keys, packed so that a lookup takes two comparisons and no allocation.

/// What a segment of a key means.
enum KeyWord: Sendable {
  /// The value is secret, unless the next segment makes it something about the secret.
  case secret(RedactionReason)
  /// Secret only if the value does not look like a word that people write: `signature`, `auth`, `session`.
  case maybe(RedactionReason)
  /// A secret if followed by `key`: `api_key`, `privateKey`.
  case keyOwner
  /// A secret if followed by `pass` or `pat`: `db_pass`, `github_pat`. Also if followed by `key`.
  case account
  case key
  /// `pass`, `pat`, `pin`: secret after an account; alone only if the value does not look like a word that people write.
  case short
  /// `Word` in `PassWord`.
  case word
  /// Something about a secret, not the secret itself: `token_count`, `password.length`, `cookie_name`.
  case about
  /// If followed by `token`, a position in a list or a text: `next_token`, `unexpected_token`.
  case place
  /// Also about a secret; at the end of any key it means an id or an instant.
  case identifier
}

/// Words of at most 15 lower-case letters, found by their bytes.
///
/// `@unchecked Sendable`: the slots are written once, by `init`, and are never freed, so that a lookup retains nothing.
struct KeyWordTable: @unchecked Sendable {
  struct Packed: Equatable {
    var first: UInt64 = 0
    var second: UInt64 = 0

    /// Nil if no word has this length.
    init?(_ key: UnsafeRawBufferPointer, _ range: Range<Int>) {
      guard (2...15).contains(range.count) else { return nil }
      for (offset, place) in range.enumerated() {
        let byte = UInt64(key[place] &- 0x41 < 26 ? key[place] | 0x20 : key[place])
        if offset < 8 { first |= byte << UInt64(offset * 8) } else { second |= byte << UInt64((offset - 8) * 8) }
      }
    }

    init(_ word: Substring) {
      for (offset, byte) in word.utf8.enumerated() {
        if offset < 8 { first |= UInt64(byte) << UInt64(offset * 8) } else { second |= UInt64(byte) << UInt64((offset - 8) * 8) }
      }
    }

    var slot: UInt64 { ((first ^ second &* 0x9E37_79B9_7F4A_7C15) &* 0xFF51_AFD7_ED55_8CCD) >> 53 }
  }

  private struct Slot {
    var word: Packed
    var meaning: KeyWord
  }

  private static let slotCount = 2_048
  private let slots: UnsafeMutablePointer<Slot?>

  init(_ groups: [(KeyWord, String)]) {
    slots = .allocate(capacity: KeyWordTable.slotCount)
    slots.initialize(repeating: nil, count: KeyWordTable.slotCount)
    for (meaning, words) in groups {
      for word in words.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
        let packed = Packed(word)
        var slot = Int(packed.slot)
        while slots[slot] != nil { slot = (slot + 1) & (KeyWordTable.slotCount - 1) }
        slots[slot] = Slot(word: packed, meaning: meaning)
      }
    }
  }

  func meaning(_ word: Packed) -> KeyWord? {
    var slot = Int(word.slot)
    while let found = slots[slot] {
      if found.word == word { return found.meaning }
      slot = (slot + 1) & (KeyWordTable.slotCount - 1)
    }
    return nil
  }

  static let shared = KeyWordTable([
    (
      .secret(.password),
      """
      password passwords passwd passwds pwd passphrase passcode userpassword dbpassword rootpassword pgpassword mysqlpwd otp totp cvv cvc cvv2 \
      userpass dbpass mypassword passwort kennwort wachtwoord contraseña contrasena senha parola hasło \
      пароль Пароль 密码 密碼 口令 パスワード 비밀번호 adminpass adminpassword oldpassword newpassword keypass storepass pincode mnemonic seedphrase psk wpapsk presharedkey bindpw
      """
    ),
    (
      .secret(.secret),
      "secret secrets clientsecret appsecret secretkey sharedsecret consumersecret apisecret hmacsecret webhooksecret secretstring"
    ),
    (
      .secret(.token),
      """
      token accesstoken refreshtoken authtoken idtoken sessiontoken bearertoken apitoken csrftoken xsrftoken securitytoken bottoken pushtoken \
      devicetoken usertoken logintoken privatetoken
      """
    ),
    (
      .secret(.key),
      "apikey xapikey apikeys accesskey privatekey signingkey encryptionkey accountkey sharedkey masterkey licensekey storagekey sshkey servicekey"
    ),
    (.secret(.authorization), "authorization"),
    (.secret(.cookie), "cookie cookies setcookie sessid phpsessid jsessionid sessionkey connectsid"),
    (.secret(.credentials), "credential credentials creds"),
    (.maybe(.authorization), "auth bearer xauth"), (.maybe(.secret), "signature sig hmac salt sas sharedaccesssig"),
    (.maybe(.token), "sid session sess"),
    (.maybe(.token), "jwt nonce webhook assertion verifier samlresponse samlassertion"), (.maybe(.secret), "dsn"),
    (
      .keyOwner,
      """
      api access private signing encryption auth master account shared app secret client license licence storage service admin ssh session consumer \
      webhook server deploy stripe openai anthropic sendgrid twilio datadog dd newrelic honeycomb sentry algolia maps google aws azure gcp github gitlab \
      slack hmac aes rsa jwt host tls ssl decryption recovery activation subscription functions x auth0 mailgun gemini mistral cohere groq fastly preshared partner tenant meraki figma
      """
    ),
    (
      .account,
      "db database user smtp mail email redis mysql postgres pg mongo rabbitmq amqp ftp sftp ldap root proxy login basic card jenkins artifactory docker npm"
    ),
    (.short, "pass pat pin pw"), (.word, "word words"), (.key, "key keys"),
    (
      .about,
      """
      count counts counter length len size type kind name names expiry expires expire expired expiration ttl age url uri endpoint path policy version \
      valid invalid validity present required missing used usage limit limits budget index position status state source provider algorithm algo \
      field per max min total cost price detail details bytes chars seconds duration latency hits rate enabled disabled decision result outcome \
      method scheme mode error errors code reason issuer audience scope scopes rotation rotated changed updated created reset flow store manager \
      service client server handler parser strategy format prefix encoding probability tokens domain \
      consent attempts attempt retries loaded release symbol literal text strength score check checks checked hint label header headers \
      banner preferences settings samesite secure httponly file filename dir directory location owner role roles permission permissions group \
      supply holder holders market pair address contract decimals balance standard ratio fertility estimate estimated window vocabulary vocab \
      enforced match matches matched rule rules rejected accepted verified verify failures failure success successful uses views rounds iterations \
      cache cached lifetime leeway refreshes requests revoked generation class rotate backend engine plugin module feature table column
      """
    ),
    (
      .place,
      """
      next previous prev page continuation cancellation cancel pagination first last stop eos bos pad sync unexpected unknown syntax \
      logprob logprobs start end begin current lookahead lexer lexical parse mask special delimiter separator nft governance
      """
    ),
    (
      .identifier,
      "id ids uuid guid oid orderid userid requestid traceid spanid timestamp ts time at ms us ns nano nanos micros millis sequence seq on date day"
    ),
  ])
}

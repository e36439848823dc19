// Tokens that can be recognised by their form: the issuer, and the form. One row per kind, from the issuers' own descriptions; the rows of
// one issuer are together. `TokenPattern` describes the notation.

/// One kind of token.
struct TokenForm: Sendable {
  /// The issuer and the kind of token, for people and tests.
  let name: StaticString
  let pattern: StaticString
  let reason: RedactionReason

  init(_ name: StaticString, _ pattern: StaticString, _ reason: RedactionReason = .apiKey) {
    self.name = name
    self.pattern = pattern
    self.reason = reason
  }
}

extension TokenForm {
  static let all: [TokenForm] = clouds + code + models + messages + payments + data + operations

  private static let clouds = [
    TokenForm("AWS access key", "AKIA{u16}", .awsKey), TokenForm("AWS temporary access key", "ASIA{u16}", .awsKey),
    TokenForm("AWS bearer key", "ABIA{u16}", .awsKey), TokenForm("AWS context key", "ACCA{u16}", .awsKey),
    TokenForm("AWS Bedrock key", "ABSK{a60+}", .awsKey), TokenForm("AWS Bedrock short-lived key", "bedrock-api-key-{a40+}", .awsKey),
    TokenForm("Google API key", "AIza{b35}"), TokenForm("Google OAuth access token", "ya29.{s20+}", .token),
    TokenForm("Google OAuth client secret", "GOCSPX-{b28}", .secret),
    TokenForm("DigitalOcean personal token", "dop_v1_{h64}"), TokenForm("DigitalOcean OAuth token", "doo_v1_{h64}"),
    TokenForm("DigitalOcean refresh token", "dor_v1_{h64}"), TokenForm("Heroku key", "HRKU-{b30+}"),
    TokenForm("Alibaba Cloud key", "LTAI{a17-24!}"), TokenForm("Tencent Cloud key", "AKID{a32}"),
    TokenForm("Yandex Cloud key", "AQVN{b35-38!}"),
    TokenForm("IBM Cloud key", "ApiKey-{x8}-{x4}-{x4}-{x4}-{x12}"), TokenForm("Scaleway key", "SCW{u17}"),
    TokenForm("Netlify token", "nfp_{a36+}"), TokenForm("Vercel token", "vcp_{a24+!}"),
    TokenForm("Vercel blob token", "vercel_blob_rw_{b30+!}"),
    TokenForm("Render key", "rnd_{a28+!}"), TokenForm("Fly.io token", "fo1_{b43}"), TokenForm("Fly.io macaroon", "fm2_{b50+!}"),
    TokenForm("Supabase token", "sbp_{h40}"), TokenForm("Supabase secret key", "sb_secret_{b30+!}"),
    TokenForm("PlanetScale token", "pscale_tkn_{b32+}"), TokenForm("PlanetScale password", "pscale_pw_{b32+}", .password),
    TokenForm("PlanetScale OAuth token", "pscale_oauth_{b32+}"), TokenForm("Neon key", "napi_{l40+!}"),
    TokenForm("Cloudflare origin key", "v1.0-{h24}-{h140+}"), TokenForm("Aiven password", "AVNS_{b18+!}", .password),
    TokenForm("MongoDB Atlas secret", "mdb_sa_sk_{b40+}", .secret), TokenForm("OpenShift token", "sha256~{b43}", .token),
  ]

  private static let code = [
    TokenForm("GitHub personal token", "ghp_{a30+!}", .githubToken), TokenForm("GitHub OAuth token", "gho_{a30+!}", .githubToken),
    TokenForm("GitHub user token", "ghu_{a30+!}", .githubToken), TokenForm("GitHub server token", "ghs_{a30+!}", .githubToken),
    TokenForm("GitHub refresh token", "ghr_{a30+!}", .githubToken),
    TokenForm("GitHub fine-grained token", "github_pat_{w22+!}", .githubToken),
    TokenForm("GitLab personal token", "glpat-{s16+!}"), TokenForm("GitLab deploy token", "gldt-{b20+!}"),
    TokenForm("GitLab runner token", "glrt-{s20+!}"), TokenForm("GitLab CI job token", "glcbt-{b20+!}"),
    TokenForm("GitLab trigger token", "glptt-{b20+!}"), TokenForm("GitLab feed token", "glft-{b20+!}"),
    TokenForm("GitLab mail token", "glimt-{b20+!}"), TokenForm("GitLab agent token", "glagent-{b40+!}"),
    TokenForm("GitLab SCIM token", "glsoat-{b20+!}"), TokenForm("GitLab registration token", "GR1348941{b20}"),
    TokenForm("Bitbucket server token", "BBDC-{b40+!}"), TokenForm("Frame.io token", "fio-u-{s60+!}"),
    TokenForm("Bitbucket app password", "ATBB{a32+!}", .password), TokenForm("Atlassian token", "ATATT3{b60+!}"),
    TokenForm("Atlassian access token", "ATCTT3{b60+!}"),
    TokenForm("npm token", "npm_{a30+!}"), TokenForm("PyPI token", "pypi-{b50+!}"), TokenForm("RubyGems key", "rubygems_{h48}"),
    TokenForm("NuGet key", "oy2{l43}"), TokenForm("crates.io token", "cio{a32}"), TokenForm("Docker Hub token", "dckr_pat_{b27}"),
    TokenForm("Docker organisation token", "dckr_oat_{b32}"), TokenForm("JFrog key", "AKCp{a60+!}"),
    TokenForm("JFrog reference token", "cmVmdGtu{a56}"),
    TokenForm("CircleCI token", "CCIPAT_{a16+}_{h40}"), TokenForm("CircleCI project token", "CCIPRJ_{a16+}_{h40}"),
    TokenForm("Buildkite token", "bkua_{h40}"), TokenForm("SonarQube user token", "squ_{h40}"),
    TokenForm("SonarQube project token", "sqp_{h40}"),
    TokenForm("SonarQube global token", "sqa_{h40}"), TokenForm("Postman key", "PMAK-{h24}-{h34}"), TokenForm("Prefect key", "pnu_{l36}"),
    TokenForm("Linear key", "lin_api_{a40}"), TokenForm("Linear OAuth token", "lin_oauth_{h64}"), TokenForm("Figma token", "figd_{b40+!}"),
    TokenForm("Notion token", "ntn_{a40+!}"), TokenForm("Notion integration secret", "secret_{a43}", .secret),
    TokenForm("private key in base64", "LS0tLS1CRUdJTiBQUklWQVRF{a20+}", .privateKey),
    TokenForm("RSA key in base64", "LS0tLS1CRUdJTiBSU0EgUFJJ{a20+}", .privateKey),
    TokenForm("EC key in base64", "LS0tLS1CRUdJTiBFQyBQUklW{a20+}", .privateKey),
    TokenForm("OpenSSH key in base64", "LS0tLS1CRUdJTiBPUEVOU1NI{a20+}", .privateKey),
    TokenForm("Airtable token", "pat{a14}.{h64}"), TokenForm("Contentful token", "CFPAT-{b43}"), TokenForm("ReadMe key", "rdme_{l70}"),
  ]

  private static let models = [
    TokenForm("OpenAI project key", "sk-proj-{b20+!}"), TokenForm("OpenAI service key", "sk-svcacct-{b20+!}"),
    TokenForm("OpenAI admin key", "sk-admin-{b20+!}"), TokenForm("Anthropic key", "sk-ant-{b20+!}"),
    TokenForm("OpenRouter key", "sk-or-v1-{h32+}"),
    TokenForm("Langfuse secret key", "sk-lf-{x8}-{x4}-{x4}-{x4}-{x12}"), TokenForm("OpenAI key", "sk-{a16+!}"),
    TokenForm("Hugging Face token", "hf_{a30+}"), TokenForm("Hugging Face organisation token", "api_org_{a30+}"),
    TokenForm("Jina key", "jina_{a50+!}"), TokenForm("Helicone key", "sk-helicone-{b16+!}"), TokenForm("Firecrawl key", "fc-{h32}"),
    TokenForm("Groq key", "gsk_{a40+!}"), TokenForm("xAI key", "xai-{a60+!}"), TokenForm("Replicate token", "r8_{a37}"),
    TokenForm("Perplexity key", "pplx-{a40+!}"), TokenForm("Fireworks key", "fw_{a20+!}"), TokenForm("Together key", "tgp_v1_{b43}"),
    TokenForm("LangSmith personal key", "lsv2_pt_{h32}_{h10}"), TokenForm("LangSmith service key", "lsv2_sk_{h32}_{h10}"),
    TokenForm("Pinecone key", "pcsk_{w40+!}"), TokenForm("NVIDIA key", "nvapi-{b60+!}"), TokenForm("Tavily key", "tvly-{b20+!}"),
    TokenForm("Cerebras key", "csk-{l40+!}"), TokenForm("ElevenLabs key", "sk_{h48}"), TokenForm("Voyage key", "pa-{b40+!}"),
  ]

  private static let messages = [
    TokenForm("Slack bot token", "xoxb-{s20+!}", .slackToken), TokenForm("Slack user token", "xoxp-{s20+!}", .slackToken),
    TokenForm("Slack workspace token", "xoxa-{s20+!}", .slackToken), TokenForm("Slack refresh token", "xoxr-{s20+!}", .slackToken),
    TokenForm("Slack legacy token", "xoxs-{s20+!}", .slackToken), TokenForm("Slack configuration token", "xoxe{s14+!}", .slackToken),
    TokenForm("Slack client token", "xoxc-{s20+!}", .slackToken), TokenForm("Slack cookie token", "xoxd-{s20+!}", .slackToken),
    TokenForm("Slack app token", "xapp-{s16+!}", .slackToken), TokenForm("SendGrid key", "SG.{b22}.{b43}"),
    TokenForm("Mailgun key", "key-{h32}"),
    TokenForm("Brevo key", "xkeysib-{h64}-{a16}"), TokenForm("Brevo SMTP key", "xsmtpsib-{h64}-{a16}"),
    TokenForm("Resend key", "re_{a8}_{a24}"),
    TokenForm("Mandrill key", "md-{b22}"), TokenForm("Twilio key", "SK{h32}"), TokenForm("Typeform token", "tfp_{s40+!}"),
    TokenForm("Facebook access token", "EAA{a60+!}", .token), TokenForm("Instagram access token", "IGQ{b60+!}", .token),
    TokenForm("Twitter bearer token", "AAAAAAAAAAAAAAAAAAAAA{a20+}", .token), TokenForm("Dropbox token", "sl.{b60+!}", .token),
    TokenForm("Mapbox secret token", "sk.eyJ{b20+}.{b20+}"), TokenForm("Amazon MWS token", "amzn.mws.{x8}-{x4}-{x4}-{x4}-{x12}", .token),
    TokenForm("OneSignal key", "os_v2_app_{l90+}"),
    TokenForm("PostHog personal key", "phx_{a40+}"), TokenForm("Zapier key", "zapier_{a30+!}"),
  ]

  private static let payments = [
    TokenForm("Stripe secret key", "sk_live_{a10+!}"), TokenForm("Stripe test key", "sk_test_{a10+!}"),
    TokenForm("Stripe restricted key", "rk_live_{a10+!}"), TokenForm("Stripe restricted test key", "rk_test_{a10+!}"),
    TokenForm("Stripe webhook secret", "whsec_{a24+!}", .secret), TokenForm("Square access token", "EAAA{b60}"),
    TokenForm("Square OAuth token", "sq0atp-{b22}"), TokenForm("Square OAuth secret", "sq0csp-{b43}", .secret),
    TokenForm("Shopify access token", "shpat_{x32}"), TokenForm("Shopify custom token", "shpca_{x32}"),
    TokenForm("Shopify private token", "shppa_{x32}"), TokenForm("Shopify shared secret", "shpss_{x32}", .secret),
    TokenForm("Razorpay live key", "rzp_live_{a14+!}"), TokenForm("Razorpay test key", "rzp_test_{a14+!}"),
    TokenForm("Plaid access token", "access-production-{x8}-{x4}-{x4}-{x4}-{x12}"),
    TokenForm("Plaid sandbox token", "access-sandbox-{x8}-{x4}-{x4}-{x4}-{x12}"), TokenForm("Flutterwave key", "FLWSECK-{x32}-X"),
    TokenForm("Flutterwave test key", "FLWSECK_TEST-{x12+}"), TokenForm("EasyPost key", "EZAK{a54}"),
    TokenForm("EasyPost test key", "EZTK{a54}"),
    TokenForm("Shippo token", "shippo_live_{h40}"), TokenForm("Duffel token", "duffel_live_{b43}"), TokenForm("Adyen key", "AQE{b60+!}"),
  ]

  private static let data = [
    TokenForm("Databricks token", "dapi{h32}"), TokenForm("Snowflake token", "snflk_{a30+!}"),
    TokenForm("Algolia secured key", "alg_{a30+!}"),
    TokenForm("Doppler token", "dp.pt.{a40+!}"), TokenForm("Doppler service token", "dp.st.{s40+!}"),
    TokenForm("Doppler CLI token", "dp.ct.{a40+!}"),
    TokenForm("Doppler SCIM token", "dp.scim.{a40+!}"), TokenForm("Vault service token", "hvs.{b24+!}", .token),
    TokenForm("Vault batch token", "hvb.{b24+!}", .token), TokenForm("Vault recovery token", "hvr.{b24+!}", .token),
    TokenForm("1Password service token", "ops_eyJ{b60+}", .token),
    TokenForm("1Password secret key", "A3-{u6}-{u6}-{u5}-{u5}-{u5}-{u5}", .secret),
    TokenForm("age secret key", "AGE-SECRET-KEY-1{u58}", .privateKey), TokenForm("BIP-32 key", "xprv{a100-120}", .privateKey),
    TokenForm("Nostr key", "nsec1{l58}", .privateKey),
    TokenForm("Fernet token", "gAAAAA{b60+}", .token),
    TokenForm("LaunchDarkly SDK key", "sdk-{x8}-{x4}-{x4}-{x4}-{x12}"), TokenForm("LaunchDarkly API key", "api-{x8}-{x4}-{x4}-{x4}-{x12}"),
    TokenForm("Tailscale key", "tskey-{b20+!}"), TokenForm("ngrok token", "ngrok_{b30+!}"),
  ]

  private static let operations = [
    TokenForm("New Relic user key", "NRAK-{u27}"), TokenForm("New Relic insert key", "NRII-{b32}"),
    TokenForm("New Relic browser key", "NRJS-{h19}"),
    TokenForm("Grafana service token", "glsa_{a32}_{x8}"), TokenForm("Grafana cloud token", "glc_{a32+!}"),
    TokenForm("Sentry organisation token", "sntrys_{b60+!}", .token), TokenForm("Sentry user token", "sntryu_{h64}", .token),
    TokenForm("Dynatrace token", "dt0c01.{u24}.{u64}", .token), TokenForm("Dynatrace platform token", "dt0s16.{u8}.{u64}", .token),
    TokenForm("Honeycomb ingest key", "hcaik_{l58}"), TokenForm("Inngest signing key", "signkey-prod-{h64}", .secret),
    TokenForm("Pulumi token", "pul-{h40}"), TokenForm("Infracost key", "ico-{a32}"),
    TokenForm("PagerDuty key", "pdus_{w20+!}"), TokenForm("Terraform Cloud token", "{a14}.atlasv1.{b60+}", .token),
    TokenForm("Mailchimp key", "{h32}-us{d1-2}"), TokenForm("Azure client secret", "{a3}{d1}Q~{s31-34}", .secret),
    TokenForm("Discord bot token", "{a24-28!}.{b6}.{b27-38!}", .token),
  ]
}

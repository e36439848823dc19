// Ids that contain secrets: answers do not show the secrets, spans and traces stay distinct, and the shown ids lead back to them.

import Testing

@testable import TraceDistiller

@Suite struct SecretIdentifierTests {
  private static let secret = "hunter2-Of-Old"

  @Test func tracesAndSpans() throws {
    let store = StoreHarness(
      "password=\(Self.secret)1/a start 0\npassword=\(Self.secret)1/a end 5 took 5\npassword=\(Self.secret)2/token=\(Self.secret) start 0")
    let ids = store.ids
    #expect(Set(ids).count == 2 && ids.allSatisfy { $0.contains("[redacted:password]#") }, "\(ids)")
    for id in ids {
      let found = try #require(store.snapshot(id), "\(id) is not found again")
      #expect(found.traceID == id)
    }
    // The id itself leads to the trace too.
    let second = try #require(store.snapshot("password=\(Self.secret)2"))
    #expect(second.storage.spanID(0) == "token=[redacted:token]#0", "\(second.storage.spanID(0))")
  }

  @Test func ordinaryIdsStay() {
    for id in ["order-1", "65f6a7286ce096e78a2767cdd414af34", "a#7", "trace 1~2", ""] {
      #expect(IdentifierText.shown(Array(id.utf8), number: 3, redacts: true) == id)
      #expect(IdentifierText.number(of: id) == nil)
    }
    #expect(IdentifierText.shown(Array("password=\(Self.secret)".utf8), number: 3, redacts: false) == "password=\(Self.secret)")
  }
}

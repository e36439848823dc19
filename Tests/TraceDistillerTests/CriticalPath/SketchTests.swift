// The rules of the critical path, each as a timeline: last-finishing child, inclusive, clipped. See critical-path.md, sections 1 to 3.

import Testing

@testable import TraceDistiller

@Suite struct CriticalPathSketchTests {
  @Test func callsInTurnAreAllOnThePath() {
    check(
      """
      root  |---------------|
        a     |---|
        b           |---|
      """, path: "root 0–2, a 2–6, root 6–8, b 8–12, root 12–16")
  }

  @Test func childThatOverlapsItsSuccessorDidNotGateIt() {
    check(
      """
      root  |---------------|
        a     |-----|
        b          |----|
      """, path: "root 0–7, b 7–12, root 12–16")
  }

  @Test func touchingIsAPredecessor() {
    check(
      """
      root  |---------|
        a   |----|
        b        |----|
      """, path: "a 0–5, b 5–10")
  }

  @Test func lateChildIsClippedAtEveryAncestor() {
    let timeline = """
      root  |---------|
        a     |-----------|
          b       |-----------|
      """
    check(timeline, path: "root 0–2, a 2–6, b 6–10")
    check(timeline, path: "root 0–10", overflow: .ignore)
  }

  @Test func detachedChildrenAreNeverOnThePath() {
    check(
      """
      root  |---------|
        ~a   |--------|
          b  |--------|
        c    |-----|
      """, path: "root 0–1, c 1–7, root 7–10")
  }

  @Test func ofTwinsTheLeastIdGates() {
    check(
      """
      root  |------|
        b    |---|
        a    |---|
      """, path: "root 0–1, a 1–5, root 5–7")
  }

  @Test func ofEqualEndsTheEarlierStartGates() {
    check(
      """
      root  |------|
        a     |--|
        b    |---|
      """, path: "root 0–1, b 1–5, root 5–7")
  }

  /// All three end at 9, where a ended; with equal ends the earlier start wins.
  @Test func runningSpansReachTheLatestInstant() {
    check(
      """
      root  |-->
        a    |-------|
        b      |>
      """, path: "root 0–1, a 1–9")
  }

  @Test func longestTrueRootComesFirst() {
    check(
      """
      short   |---|
      ?orphan |------------|
      long      |------|
      """, path: "long 2–9")
  }

  @Test func spansOutsideTheirParentAddNothing() {
    check(
      """
      root          |----|
        before  |--|
        after              |--|
          inside      |-|
      """, path: "root 4–9")
  }

  /// The walk that always takes the longest child gives a different result, which is kept separately.
  @Test func heaviestChainFollowsTheLongestChild() {
    let trace = TraceSketch(
      """
      root  |---------------|
        a   |---------|
          c  |-|
        b             |-----|
      """
    ).distilled()
    #expect(trace.tree.heaviestChain(root: trace.tree.roots[0].row).map { trace.id($0) } == ["root", "a", "c"])
    #expect(trace.steps(trace.criticalPath, unit: 1_000_000).map(\.span) == ["a", "c", "a", "b"])
  }
}

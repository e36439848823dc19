// Proves that the folders of each target use each other as the table in `Walls.swift` allows, and prints the table as a picture.

import Testing

@Suite struct WallTests {
  @Test(arguments: Walls.all) func `Folders use only what the table lets them use`(_ walls: Walls) throws {
    let found = try FolderUses(target: walls.target)
    #expect(found.folders == Set(walls.rows.map(\.folder)), "the folders of \(walls.target) are the rows of its table")
    var picture = "\(walls.target), from the bottom up:"
    for (place, row) in walls.rows.enumerated() {
      let below = Set(walls.rows[..<place].map(\.folder))
      #expect(row.mayUse.isSubset(of: below), "\(row.folder) may use only folders below it")
      let uses = found.uses[row.folder] ?? [:]
      for (used, names) in uses.sorted(by: { $0.key < $1.key }) where !row.mayUse.contains(used) {
        let isKnown = walls.exceptions.contains { $0 == (row.folder, used) }
        #expect(isKnown, "\(walls.target): \(row.folder) must not use \(used): \(names.sorted().joined(separator: ", "))")
      }
      for stale in row.mayUse.subtracting(uses.keys).sorted() {
        Issue.record("\(walls.target): \(row.folder) uses nothing of \(stale) any more; take it out of the table")
      }
      let sorted = uses.keys.sorted().map { $0 + (row.mayUse.contains($0) ? "" : " (a wall is missing)") }
      picture += "\n  \(row.folder)" + (sorted.isEmpty ? "" : " uses \(sorted.joined(separator: ", "))") + " — \(row.reason)"
    }
    for (from, to) in walls.exceptions where found.uses[from]?[to] == nil {
      Issue.record("\(walls.target): \(from) uses nothing of \(to) any more; take the exception out of the table")
    }
    print(picture)
  }
}

// What the scanner keeps between reads: its memory, and what it has learnt of the lines.

/// Lends a `LineScan` its memory. A value: a copy has memory of its own.
struct RecordScanner: Sendable {
  private var members = [ScannedMember](
    repeating: ScannedMember(key: .empty, name: ScannedNames.unknown, value: ScannedValue(.null, start: 0, count: 0)),
    count: 3 * MemberList.capacity)
  private var tables = [UInt8](repeating: ScannedNames.unknown, count: 3 * MemberList.tableBytes)
  private var names = [ScannedText](repeating: .empty, count: 64)
  private var minute = MinuteCache()

  mutating func lend<Result>(_ body: (inout LineScan) -> Result) -> Result {
    members.withUnsafeMutableBufferPointer { members in
      tables.withUnsafeMutableBufferPointer { tables in
        names.withUnsafeMutableBufferPointer { names in
          NativeName.all.withTable { native in
            func list(_ number: Int) -> MemberList {
              MemberList(
                UnsafeMutableBufferPointer(rebasing: members[number * MemberList.capacity..<(number + 1) * MemberList.capacity]),
                tables: UnsafeMutableBufferPointer(rebasing: tables[number * MemberList.tableBytes..<(number + 1) * MemberList.tableBytes]))
            }
            var scan = LineScan(top: list(0), fields: list(1), own: list(2), names: LentList(names), native: native, minute: minute)
            defer { minute = scan.minute }
            return body(&scan)
          }
        }
      }
    }
  }
}

// What the scanner keeps between reads: its memory, and the shapes that it has learned.

/// Provides the memory of a `LineScan`. A value: a copy has memory of its own.
struct RecordScanner: Sendable {
  private var members = [ScannedMember](
    repeating: ScannedMember(key: .empty, name: ScannedNames.unknown, value: ScannedValue(.null, start: 0, count: 0)),
    count: 4 * MemberList.capacity)
  private var tables = [UInt8](repeating: ScannedNames.unknown, count: 4 * MemberList.tableBytes)
  private var names = [ScannedText](repeating: .empty, count: 64)
  private var minute = MinuteCache()
  private var shapes = LineShapes()
  private var values = [ScannedValue](repeating: ScannedValue(.null, start: 0, count: 0), count: ShapeValues.capacity)

  mutating func lend<Result>(_ body: (inout LineScan) -> Result) -> Result {
    members.withUnsafeMutableBufferPointer { members in
      tables.withUnsafeMutableBufferPointer { tables in
        names.withUnsafeMutableBufferPointer { names in
          values.withUnsafeMutableBufferPointer { values in
            RecordScanner.withTables { native, otlp in
              func list(_ number: Int) -> MemberList {
                let memory = number * MemberList.capacity..<(number + 1) * MemberList.capacity
                let table = number * MemberList.tableBytes..<(number + 1) * MemberList.tableBytes
                return MemberList(
                  UnsafeMutableBufferPointer(rebasing: members[memory]), tables: UnsafeMutableBufferPointer(rebasing: tables[table]))
              }
              var scan = LineScan(
                top: list(0), fields: list(1), own: list(2), span: list(3), names: BorrowedBuffer(names), native: native, otlp: otlp,
                minute: minute, shapes: LineShapes(), values: ShapeValues(values))
              // Moved out meanwhile, because the scan may add shapes.
              swap(&scan.shapes, &shapes)
              defer {
                minute = scan.minute
                swap(&scan.shapes, &shapes)
              }
              return body(&scan)
            }
          }
        }
      }
    }
  }

  private static func withTables<Result>(_ body: (ScannedNames.Table, ScannedNames.Table) -> Result) -> Result {
    NativeName.all.withTable { native in OTLPName.all.withTable { otlp in body(native, otlp) } }
  }
}

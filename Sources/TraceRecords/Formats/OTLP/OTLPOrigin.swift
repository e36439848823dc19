// What all spans and logs of one resource and scope share, whoever read it.

struct OTLPOrigin {
  var service = TextRange.empty
  var run = TextRange.empty
  var host = TextRange.empty
  var scope = TextRange.empty
  var directory = TextRange.empty
  private var process: Int64?

  /// Takes one attribute of the resource.
  mutating func take(_ key: UnsafeRawBufferPointer, _ value: some OTLPAnyValue, _ batch: inout RecordBatch) {
    guard let known = OTLPResourceKey(key), !value.isNone else { return }
    switch known {
    case .service: service = value.shownText(&batch)
    case .instance: run = value.shownText(&batch)
    // The id of a machine before its name.
    case .hostID: host = value.shownText(&batch)
    case .hostName: if host.isEmpty { host = value.shownText(&batch) }
    case .process: process = value.number
    case .directory: directory = value.shownText(&batch)
    }
  }

  /// The run is the instance that names itself; else the process, as far as its number tells it from others.
  mutating func settle(_ batch: inout RecordBatch) {
    if run.isEmpty, let process { run = batch.add(text: "pid \(process)") }
    tellDirectory(&batch)
  }

  /// Where the run's process works is said by a record of its own, because spans have no use for it.
  func tellDirectory(_ batch: inout RecordBatch) {
    guard !directory.isEmpty, !run.isEmpty else { return }
    var record = Record(.process, format: .openTelemetry)
    (record.run, record.message) = (run, directory)
    batch.add(record)
  }
}

/// The attributes of a resource that mean something here.
enum OTLPResourceKey {
  case service, instance, process, directory, hostID, hostName

  init?(_ key: UnsafeRawBufferPointer) {
    switch key {
    case "service.name": self = .service
    case "service.instance.id": self = .instance
    case "process.pid": self = .process
    case "process.working_directory": self = .directory
    case "host.id": self = .hostID
    case "host.name": self = .hostName
    default: return nil
    }
  }
}

// The host of each service in a trace, and so the clock that its times come from.

extension TraceStorage {
  /// A service on several hosts has no single clock.
  mutating func noteHost(of service: UInt32, _ host: UInt32) {
    let known = hosts[service]
    if known == nil { hosts[service] = host } else if known != host { hosts[service] = TraceStorage.severalHosts }
  }

  /// The clock of a span's times: its host's, if its service named exactly one host, otherwise its service's. 0 if neither is known.
  func clock(of row: Int) -> UInt64 {
    let service = spans[row].service
    guard service != 0 else { return 0 }
    guard let host = hosts[service], host != TraceStorage.severalHosts else { return UInt64(service) }
    return 1 << 32 | UInt64(host)
  }
}

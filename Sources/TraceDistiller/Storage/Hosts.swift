// Which host each service of a trace runs on: whose clock its times are of.

extension TraceStorage {
  /// A service on several hosts has no clock of its own.
  mutating func noteHost(of service: UInt32, _ host: UInt32) {
    let known = hosts[service]
    if known == nil { hosts[service] = host } else if known != host { hosts[service] = TraceStorage.severalHosts }
  }

  /// Which clock a span's times are of: its host's, where its service named exactly one, else its service's. 0 where neither is known.
  func clock(of row: Int) -> UInt64 {
    let service = spans[row].service
    guard service != 0 else { return 0 }
    guard let host = hosts[service], host != TraceStorage.severalHosts else { return UInt64(service) }
    return 1 << 32 | UInt64(host)
  }
}

// The receiver of OTLP over HTTP: it listens on one or two addresses, one thread moves bytes, one more reads bodies into the store.

import NIOCore
import NIOHTTP1
import NIOPosix
package import Platform
import Synchronization
package import TraceContextServer
package import TraceDistiller
import TraceRecords

/// Why nothing listens.
package struct ListenerError: Error, CustomStringConvertible, Sendable {
  package var description: String
  /// The system has no more of what is needed; the address is as good as another.
  package var isSystemsRefusal: Bool { [EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(errorNumber) }
  var errorNumber: Int32
}

/// What a listener shares with its connections.
final class Reception: Sendable {
  let limits: ListenerLimits
  let hosts: HostCheck
  /// Nil lets every user in.
  let user: uid_t?
  let budget: BodyBudget
  let status: ListenerStatus
  /// Bodies up to a megabyte, and longer ones, which must not keep the others waiting.
  let small: BodyReader
  let large: BodyReader
  let connections = Atomic<Int>(0)

  init(
    limits: ListenerLimits, hosts: HostCheck, user: uid_t?, store: SharedTraceStore, source: SourceID,
    clock: @escaping @Sendable () -> Int64,
    tell: @escaping @Sendable (String) -> Void
  ) {
    self.limits = limits
    self.hosts = hosts
    self.user = user
    budget = BodyBudget(limit: limits.maxHeldBytes)
    status = ListenerStatus(tell: tell)
    small = BodyReader(store: store, source: source, maxUnpackedBytes: limits.maxUnpackedBytes, clock: clock)
    large = BodyReader(store: store, source: source, maxUnpackedBytes: limits.maxUnpackedBytes, clock: clock)
  }

  func reader(ofBytes count: Int) -> BodyReader { count <= 256 << 10 ? small : large }
}

package final class OTLPListener: Sendable {
  /// `http://127.0.0.1:4318`: where senders send to.
  package let endpoint: String
  /// Every address, as senders write it.
  package let endpoints: [String]
  private let reception: Reception
  private let group: MultiThreadedEventLoopGroup
  private let channels: [any Channel]

  /// Listens from now on: what is in the way is known before the first request.
  /// - Parameters:
  ///   - anyUser: lets programs of other users in, and those whose user is not found.
  ///   - user: whose programs are let in otherwise.
  ///   - source: the store's number for what comes here.
  ///   - tell: takes a line of the log.
  package init(
    _ place: ListenerPlace, anyUser: Bool = false, user: uid_t = geteuid(), limits: ListenerLimits = ListenerLimits(),
    store: SharedTraceStore, source: SourceID,
    clock: @escaping @Sendable () -> Int64, tell: @escaping @Sendable (String) -> Void
  ) throws(ListenerError) {
    var hosts = HostCheck(isOpen: false, name: nil)
    if case .given(let host?, _) = place {
      hosts.isOpen = HostCheck.isLoopback(host) == false
      hosts.name = host.lowercased()
    }
    let reception = Reception(
      limits: limits, hosts: hosts, user: anyUser || !PeerUser.isKnown ? nil : user, store: store, source: source, clock: clock,
      tell: tell)
    let before = FileDescriptors.open()
    // The library leaves its descriptors to programs that are started.
    defer { FileDescriptors.keepToOneself(FileDescriptors.open().subtracting(before)) }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      channels = try OTLPListener.listen(place, group, reception)
    } catch {
      group.shutdownGracefully { _ in }
      throw error
    }
    self.reception = reception
    self.group = group
    endpoints = channels.compactMap { $0.localAddress.map(OTLPListener.endpoint) }
    endpoint = endpoints.first ?? ""
  }

  /// What `server/status` shows of it.
  package var report: SourceReport {
    var statistics = reception.small.statistics
    statistics.add(reception.large.statistics)
    var report = SourceReport(
      kind: "otlp", path: endpoint, state: "reading", statistics: statistics,
      problems: (reception.small.problems + reception.large.problems).suffix(RecordStream.maxProblems).map(\.withoutSecrets))
    report.requests = reception.status.named.map { SourceReport.Requests(name: $0.name, count: $0.value) }
    return report
  }

  /// Connections that are open, and requests that have begun and are not answered.
  package var openConnections: Int { reception.connections.load(ordering: .acquiring) }
  package var openRequests: Int { reception.status.openRequests }

  /// No connection is taken any more; those that are open end with the process.
  package func stop() { for channel in channels { channel.close(promise: nil) } }

  // MARK: Listening

  private static func listen(_ place: ListenerPlace, _ group: MultiThreadedEventLoopGroup, _ reception: Reception) throws(ListenerError)
    -> [any Channel]
  {
    switch place {
    case .given(let host?, let port): return [try bind(host, port, group, reception)]
    case .given(nil, let port) where port != 0: return try both(port, group, reception)
    case .automatic:
      do { return try both(4318, group, reception) } catch { return try free(group, reception) }
    case .free, .given(nil, _): return try free(group, reception)
    }
  }

  /// A free port of both addresses: what is free for one may be taken for the other.
  private static func free(_ group: MultiThreadedEventLoopGroup, _ reception: Reception) throws(ListenerError) -> [any Channel] {
    for _ in 0..<8 {
      let first = try bind("127.0.0.1", 0, group, reception)
      do throws(ListenerError) {
        return [first] + (try second(first.localAddress?.port ?? 0, group, reception))
      } catch {
        first.close(promise: nil)
      }
    }
    throw ListenerError(description: "no port is free on both 127.0.0.1 and [::1]", errorNumber: ENOBUFS)
  }

  private static func both(_ port: Int, _ group: MultiThreadedEventLoopGroup, _ reception: Reception) throws(ListenerError) -> [any Channel]
  {
    let first = try bind("127.0.0.1", port, group, reception)
    do throws(ListenerError) {
      return [first] + (try second(port, group, reception))
    } catch {
      first.close(promise: nil)
      throw error
    }
  }

  /// The address of version 6, where this machine has one.
  private static func second(_ port: Int, _ group: MultiThreadedEventLoopGroup, _ reception: Reception) throws(ListenerError)
    -> [any Channel]
  {
    do throws(ListenerError) {
      return [try bind("::1", port, group, reception)]
    } catch {
      guard error.errorNumber == EADDRNOTAVAIL || error.errorNumber == EAFNOSUPPORT else { throw error }
      return []
    }
  }

  private static func bind(_ host: String, _ port: Int, _ group: MultiThreadedEventLoopGroup, _ reception: Reception) throws(ListenerError)
    -> any Channel
  {
    do {
      return try ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 256)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
        .childChannelOption(.maxMessagesPerRead, value: 4)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try OTLPConnection.configure(channel, reception) }
        }
        .bind(to: try SocketAddress(ipAddress: host, port: port)).wait()
    } catch {
      let shown = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
      let code = (error as? IOError)?.errnoCode ?? 0
      let reason =
        code == EADDRINUSE ? "another program has this port; --otlp auto takes a free one" : code == 0 ? "\(error)" : errorText(code)
      throw ListenerError(description: "cannot listen on \(shown): \(reason)", errorNumber: code)
    }
  }

  private static func endpoint(_ address: SocketAddress) -> String {
    let (host, port) = (address.ipAddress ?? "", address.port ?? 0)
    // Who listens on every address is reached at this machine's own.
    let shown = host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host
    return "http://\(shown.contains(":") ? "[\(shown)]" : shown):\(port)"
  }
}

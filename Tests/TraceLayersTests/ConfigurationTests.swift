// Proves that a program gets the layers that it configures, in any combination, each with the same events, under the run that its transport
// names.

import Logging
import Testing
import Tracing

@testable import TraceLayers
@testable import TraceLayersDistiller

@Suite struct ConfigurationTests {
  @Test func layersInAnyCombination() {
    for modules in [false, true] {
      for visualization in [false, true] {
        for distiller in [false, true] {
          let collector = LineCollector()
          var configuration = LayeredTracing.Configuration(service: "shop", transport: collector)
          configuration.layers = (modules ? [.modules] : []) + (visualization ? [.visualization] : []) + (distiller ? [.distiller()] : [])
          configuration.filter = .all
          configuration.standardError = .none
          let tracing = LayeredTracing(configuration)
          let logger = Logger(label: "shop") { tracing.logHandler(label: $0) }
          logger.info("flat")
          tracing.tracer.withSpan("a") { _ in logger.info("inside") }
          let flat = collector.lines.filter { $0.contains("\"log_type\":\"module\"") }.count
          #expect(flat == (modules ? 1 : 0) && collector.lines.count - flat == (visualization ? 3 : 0))
          #expect(tracing.store?.traces().map(\.rootName) == (distiller ? ["a"] : nil))
        }
      }
    }
  }

  /// A transport that names a run, like that of the pipe.
  private final class NamingTransport: RecordTransport {
    let run: String? = "the transport's"
    func send(_ record: UnsafeRawBufferPointer) {}
  }

  @Test func `The run is the program's choice, else the transport's, else a random one`() {
    var configuration = LayeredTracing.Configuration(service: "shop", transport: NamingTransport())
    #expect(LayeredTracing(configuration).run == "the transport's")
    configuration.run = "mine"
    #expect(LayeredTracing(configuration).run == "mine")
    #expect(LayeredTracing(service: "shop", transport: LineCollector()).run.utf8.count == 16)
    let manager = NamedPipeLogManager(options: .init(path: "/nonexistent/p.pipe"))
    #expect(LayeredTracing(service: "shop", transport: manager).run == manager.runID)
  }

  @Test func `Without a transport nothing is made to write to it`() {
    #expect(LayeredTracing(service: "shop").layers.map { type(of: $0) == StandardErrorLayer.self } == [true])
    let tracing = LayeredTracing(service: "shop", transport: LineCollector(), adding: .distiller())
    #expect(tracing.layers.count == 4 && tracing.store != nil && tracing.snapshots == nil)
  }
}

// trace-distiller-demo: a live program that writes to the pipe and reports afterwards which faults it planted, so that answers can be
// checked.

import ArgumentParser
import JSON
import Logging
import Platform
import TraceLayers

@main
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace-distiller-demo",
    abstract: "An order service in miniature: serves some requests, sends their traces to the pipe, and prints what it planted in them.",
    discussion: """
      Start 'trace-distiller serve' first. Every four orders have a slow row, a flaky payment, a refused card and a failing recommendation, \
      one each in an order that the seed decides. TRACE_DISTILLER_LOG=debug says more. Exit code 69: records were not delivered.
      """)

  @Option(help: "The pipe to write to. 'trace-distiller paths' prints the default.")
  var pipe: String?

  @Option(help: "Decides names, attributes, structure and everything that is planted. Ids and durations differ from run to run.")
  var seed: UInt64 = 1

  @Option(help: "How many orders are placed, 0 to 100,000; two other requests follow them.")
  var orders = 4

  @Option(help: "How much faster than life: 10 shortens every pause to a tenth.")
  var speed = 1.0

  @Flag(help: "Print what was planted as one JSON document.")
  var json = false

  func validate() throws {
    guard (0...100_000).contains(orders) else { throw ValidationError("--orders must be from 0 to 100000, not \(orders)") }
    guard speed >= 0.01, speed <= 10_000 else { throw ValidationError("--speed must be from 0.01 to 10000, not \(speed)") }
  }

  func run() async throws {
    // These lines are what a program needs. The census belongs to this demo: it counts what answers must report. Logs are not written to
    // the terminal, which is for the report.
    let pipe = NamedPipeLogManager(options: .init(path: pipe))
    let census = SpanCensus()
    var configuration = LayeredTracing.Configuration(service: "shop", transport: pipe)
    configuration.layers.append(.existing(census))
    configuration.standardError = .none
    LayeredTracing(configuration).bootstrap()

    let plan = DemoPlan(seed: seed, orders: orders)
    await serve(plan, pace: Pace(speed: speed))

    pipe.flush()
    let report = DemoReport(plan: plan, traces: census.traces, pipe: pipe)
    print(json ? report.json.serializedString : report.text)
    guard report.isDelivered else {
      tell(report.deliveryProblem)
      throw ExitCode(EX_UNAVAILABLE)
    }
  }

  /// Requests run one after the other, so that traces begin in the order of the plan.
  private func serve(_ plan: DemoPlan, pace: Pace) async {
    let logger = Logger(label: "shop.server")
    let service = OrderService(outside: Outside(plan: plan, pace: pace))
    let warehouse = Warehouse(outside: Outside(plan: plan, pace: pace))
    // Outside of any span: a module log, part of no trace.
    logger.info("shop is open", metadata: ["requests": "\(plan.requests.count)"])
    for request in plan.requests {
      do {
        switch request {
        case .placeOrder(let order): try await service.place(order)
        case .showOrder(let id): try await service.show(id)
        case .recount(let shelves): await warehouse.recount(shelves)
        }
      } catch {
        logger.error("a request failed", metadata: ["error": "\(error)"])
      }
    }
    logger.info("shop is closed")
  }
}

/// Writes one line to stderr; Swift's `print` only writes to stdout.
private func tell(_ message: String) {
  LineWriter.standardError.writeAll("trace-distiller-demo: \(message)\n")
}

// The smallest program that traces and logs: only the example in README. Tests check what it links and prints. Not a product.

import Logging
import TraceLayers
import Tracing

LayeredTracing(service: "writer", transport: NamedPipeLogManager()).bootstrap()
withSpan("work") { _ in Logger(label: "writer").info("inside") }

// The least program that traces and logs: what README shows, and nothing else. Tests look at what it links and what it prints. No product.

import Logging
import TraceLayers
import Tracing

LayeredTracing(service: "writer", transport: NamedPipeLogManager()).bootstrap()
withSpan("work") { _ in Logger(label: "writer").info("inside") }

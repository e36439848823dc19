"""A program that makes its spans itself: python3 by_hand.py PIPE. Planted: a price that cannot be computed is swallowed, so the total is wrong."""

import sys

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from pipe_exporter import PipeExporter

provider = TracerProvider(resource=Resource.create({"service.name": "checkout"}))
provider.add_span_processor(SimpleSpanProcessor(PipeExporter(sys.argv[1])))
tracer = provider.get_tracer("checkout")
RATES = {"EUR": 1.08, "GBP": 1.27}


def price(sku, amount, currency):
    with tracer.start_as_current_span("price.line", attributes={"sku": sku, "currency": currency}):
        return amount * RATES[currency]


with tracer.start_as_current_span("checkout", kind=trace.SpanKind.SERVER) as root:
    total = 0
    for sku, amount, currency in [("A-1", 10, "EUR"), ("B-7", 1999, "JPY"), ("C-3", 5, "GBP")]:
        try:
            total += price(sku, amount, currency)
        except KeyError:
            pass
    root.set_attribute("cart.total", total)
provider.shutdown()

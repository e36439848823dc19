"""A program that makes traces of one span and writes what became of each batch: many_spans.py LOG SECONDS [kill]. With `kill` it kills itself in the end."""
import os
import signal
import sys
import time

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter


class Watched(SpanExporter):
    """The SDK's exporter, and a line for each batch: when it was answered, how, and with which spans."""

    def __init__(self, log):
        self.exporter = OTLPSpanExporter()
        self.log = log

    def export(self, spans):
        result = self.exporter.export(spans)
        print(time.time(), result.name, *(span.name for span in spans), file=self.log, flush=True)
        return result

    def shutdown(self):
        self.exporter.shutdown()


with open(sys.argv[1], "w") as log:
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(Watched(log)))
    tracer = provider.get_tracer("many")
    end = time.time() + float(sys.argv[2])
    number = 0
    while time.time() < end:
        with tracer.start_as_current_span(f"op-{number}"):
            number += 1
        time.sleep(0.01)
    if sys.argv[3:] == ["kill"]:
        provider.force_flush()
        with tracer.start_as_current_span("never sent"):
            os.kill(os.getpid(), signal.SIGKILL)
    provider.shutdown()
    print(number)

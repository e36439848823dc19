#!/usr/bin/env python3
"""What a parse of binary OTLP costs PyPI's opentelemetry-proto (upb): bench-protobuf.py FILE SPANS

FILE is one ExportTraceServiceRequest. Prints the microseconds of CPU that a span costs, at best of ten parses.
"""
import sys
import time

from google.protobuf.internal import api_implementation
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

data = open(sys.argv[1], "rb").read()
spans = int(sys.argv[2])
assert api_implementation.Type() == "upb", api_implementation.Type()
best = None
for _ in range(10):
    begin = time.process_time()
    request = ExportTraceServiceRequest.FromString(data)
    took = time.process_time() - begin
    best = took if best is None else min(best, took)
assert sum(len(scope.spans) for resource in request.resource_spans for scope in resource.scope_spans) == spans
print(f"  opentelemetry-proto (upb), parse alone: {best / spans * 1e6:.3f} µs of CPU a span")

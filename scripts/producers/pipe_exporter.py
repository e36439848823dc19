"""An exporter for OpenTelemetry's SDK that writes OTLP/JSON lines to a named pipe: all that a Python program needs to be read."""

import json
import os

from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult


def value(content):
    if isinstance(content, bool):
        return {"boolValue": content}
    if isinstance(content, int):
        return {"intValue": str(content)}
    if isinstance(content, float):
        return {"doubleValue": content}
    if isinstance(content, (list, tuple)):
        return {"arrayValue": {"values": [value(each) for each in content]}}
    return {"stringValue": str(content)}


def attributes(mapping):
    return [{"key": key, "value": value(content)} for key, content in (mapping or {}).items()]


def otlp(span):
    """One span in OTLP's JSON form."""
    result = {
        "traceId": f"{span.context.trace_id:032x}", "spanId": f"{span.context.span_id:016x}", "name": span.name,
        "kind": span.kind.value + 1, "startTimeUnixNano": str(span.start_time), "endTimeUnixNano": str(span.end_time),
        "attributes": attributes(span.attributes),
        "events": [{"timeUnixNano": str(event.timestamp), "name": event.name, "attributes": attributes(event.attributes)} for event in span.events],
        "links": [{"traceId": f"{link.context.trace_id:032x}", "spanId": f"{link.context.span_id:016x}"} for link in span.links],
        "status": {"code": span.status.status_code.value, "message": span.status.description or ""},
    }
    if span.parent:
        result["parentSpanId"] = f"{span.parent.span_id:016x}"
    return result


class PipeExporter(SpanExporter):
    """Writes one line a span: lines of up to 4,096 bytes are never torn, whoever else writes to the pipe."""

    def __init__(self, path):
        self.pipe = os.open(path, os.O_WRONLY)

    def export(self, spans):
        for span in spans:
            scope = {"scope": {"name": span.instrumentation_scope.name}, "spans": [otlp(span)]}
            line = {"resourceSpans": [{"resource": {"attributes": attributes(span.resource.attributes)}, "scopeSpans": [scope]}]}
            os.write(self.pipe, (json.dumps(line, ensure_ascii=False) + "\n").encode())
        return SpanExportResult.SUCCESS

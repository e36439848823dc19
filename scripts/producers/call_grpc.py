"""One call of OTLP over gRPC to the endpoint of the environment; prints the status and what the other side says."""
import os

import grpc

channel = grpc.insecure_channel(os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"].removeprefix("http://"))
call = channel.unary_unary(
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export", request_serializer=lambda body: body, response_deserializer=lambda body: body)
try:
    call(b"", timeout=20)
    print("answered")
except grpc.RpcError as error:
    print(error.code().name, error.details())

"""A web program of which libraries make the spans: python3 instrumented.py PIPE. Planted: one query for every row of an order, and a payment
service that answers 503, which the handler answers as if all were well. Nothing leaves the machine."""

import http.server
import sqlite3
import sys
import threading

import requests
from flask import Flask
from opentelemetry import trace
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from pipe_exporter import PipeExporter

provider = TracerProvider(resource=Resource.create({"service.name": "orders"}))
provider.add_span_processor(SimpleSpanProcessor(PipeExporter(sys.argv[1])))
trace.set_tracer_provider(provider)


class Payments(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_error(503)

    def log_message(self, *_):
        pass


payments = http.server.HTTPServer(("127.0.0.1", 0), Payments)
threading.Thread(target=payments.serve_forever, daemon=True).start()

# The rows exist before anything is traced.
database = sqlite3.connect("file:orders?mode=memory&cache=shared", uri=True)
database.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT)")
database.executemany("INSERT INTO item VALUES (?, ?)", [(number, f"item {number}") for number in range(200)])
database.commit()

SQLite3Instrumentor().instrument()
RequestsInstrumentor().instrument()
app = Flask("orders")
FlaskInstrumentor().instrument_app(app)


@app.get("/orders/<int:order>")
def show(order):
    cursor = sqlite3.connect("file:orders?mode=memory&cache=shared", uri=True).cursor()
    names = [cursor.execute("SELECT name FROM item WHERE id = ?", (row,)).fetchone()[0] for row in range(200)]
    requests.post(f"http://127.0.0.1:{payments.server_port}/v1/charges", json={"order": order}, timeout=5)
    return {"order": order, "items": names}


response = app.test_client().get("/orders/7")
assert response.status_code == 200, response.status
provider.shutdown()

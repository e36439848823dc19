"""A web program that knows nothing of traces, started by opentelemetry-instrument: web.py flask|fastapi. It asks itself three times and ends.

`web:app` is the Flask program for gunicorn. Planted: order 3 fails.
"""
import sys
import threading
import time
import urllib.error
import urllib.request

import flask

app = flask.Flask(__name__)


@app.get("/orders/<int:order>")
def order(order):
    if order == 3:
        raise LookupError("no order 3")
    return f"order {order}"


def ask(port):
    for number in (1, 2, 3):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/orders/{number}", timeout=10) as answer:
                print(answer.read().decode().strip('"'))
        except urllib.error.HTTPError as error:
            print(f"failed {error.code}")


def free_port():
    import socket
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def serve_flask():
    from werkzeug.serving import make_server
    server = make_server("127.0.0.1", 0, app)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ask(server.server_port)
    server.shutdown()


def serve_fastapi():
    import fastapi
    import uvicorn
    program = fastapi.FastAPI()

    @program.get("/orders/{number}")
    def order(number: int):
        if number == 3:
            raise LookupError("no order 3")
        return f"order {number}"

    server = uvicorn.Server(uvicorn.Config(program, port=free_port(), log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    ask(server.config.port)
    server.should_exit = True
    thread.join()


if __name__ == "__main__":
    {"flask": serve_flask, "fastapi": serve_fastapi}[sys.argv[1]]()

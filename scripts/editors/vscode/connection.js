// A connection to a server of JSON-RPC 2.0 over stdio, in the framing of the Language Server Protocol. Without dependencies: the extension
// is installed by copying its folder.
"use strict";
const { spawn } = require("node:child_process");

/** An answer with an error. */
class ResponseError extends Error {
  /** @param {{code: number, message: string, data?: unknown}} error */
  constructor(error) {
    super(error.message);
    this.code = error.code;
    this.data = error.data;
  }
}

/** The longest message that is accepted: a header that says more is a fault of the other side, not a reason to use up all memory. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_HEADER_BYTES = 8 * 1024;

/** Cuts a stream of bytes into messages. */
class MessageReader {
  /** @param {(message: any) => void} receive @param {(fault: Error) => void} fail */
  constructor(receive, fail) {
    this.receive = receive;
    this.fail = fail;
    /** @type {Buffer[]} Not joined for every chunk: a long message would be copied again and again. */
    this.chunks = [];
    this.held = 0;
    /** The length of the body that is awaited; -1 while a header is. */
    this.wanted = -1;
    this.isOver = false;
  }

  /** @param {Buffer} chunk */
  feed(chunk) {
    if (this.isOver) return;
    this.chunks.push(chunk);
    this.held += chunk.length;
    while (!this.isOver && this.step());
  }

  /** One header or one body; false if more bytes are needed. */
  step() {
    if (this.wanted >= 0 && this.held < this.wanted) return false;
    const bytes = this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks, this.held);
    this.chunks = [bytes];
    if (this.wanted >= 0) {
      const body = bytes.subarray(0, this.wanted);
      this.keep(bytes.subarray(this.wanted));
      this.wanted = -1;
      let message;
      try {
        message = JSON.parse(body.toString("utf8"));
      } catch (error) {
        return this.end(new Error(`The server sent a body that is not JSON: ${error}`));
      }
      this.receive(message);
      return true;
    }
    const end = bytes.indexOf("\r\n\r\n");
    if (end < 0) return bytes.length > MOST_HEADER_BYTES ? this.end(new Error("The server sent a header without an end.")) : false;
    const length = /^content-length:[ \t]*(\d+)[ \t]*$/im.exec(bytes.subarray(0, end).toString("latin1"));
    if (!length || Number(length[1]) > MOST_BYTES) return this.end(new Error("The server sent a header without a usable Content-Length."));
    this.wanted = Number(length[1]);
    this.keep(bytes.subarray(end + 4));
    return true;
  }

  /** @param {Buffer} rest */
  keep(rest) {
    this.chunks = rest.length ? [rest] : [];
    this.held = rest.length;
  }

  /** @param {Error} fault */
  end(fault) {
    this.isOver = true;
    this.fail(fault);
    return false;
  }
}

/** A server as a child process. */
class Connection {
  /**
   * @param {{program: string, arguments: string[], directory?: string}} command
   * @param {{notification(method: string, params: any): void, request(method: string, params: any): any, ended(why: string): void,
   *   log(text: string): void}} client what is told of the server
   */
  constructor(command, client) {
    this.client = client;
    this.nextID = 1;
    /** @type {Map<number, {resolve(value: any): void, reject(error: Error): void}>} */
    this.waiting = new Map();
    this.isOver = false;
    this.child = spawn(command.program, command.arguments, { cwd: command.directory, stdio: ["pipe", "pipe", "pipe"] });
    const reader = new MessageReader((message) => this.receive(message), (fault) => this.end(fault.message));
    this.child.stdout.on("data", (chunk) => reader.feed(chunk));
    this.child.stderr.on("data", (chunk) => client.log(chunk.toString("utf8")));
    // A server that is gone is told by its exit; writing to it must not throw besides.
    this.child.stdin.on("error", () => {});
    this.child.on("error", (error) => this.end(`${command.program} could not be started: ${error.message}`));
    this.child.on("close", (code, signal) => this.end(`The server ended with ${signal ? `signal ${signal}` : `code ${code}`}.`));
  }

  /** @param {any} message */
  send(message) {
    if (this.isOver) return;
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }), "utf8");
    this.child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.child.stdin.write(body);
  }

  /** @param {string} method @param {any} [params] */
  notify(method, params) {
    this.send({ method, params });
  }

  /**
   * Asks, and gives up where the token is cancelled: the server is told, and its answer (an error by then) is still awaited, as the protocol asks.
   * @param {string} method @param {any} [params] @param {{isCancellationRequested: boolean, onCancellationRequested(body: () => void): {dispose(): void}}} [token]
   * @returns {Promise<any>}
   */
  request(method, params, token) {
    if (this.isOver) return Promise.reject(new Error("The server is not running."));
    if (token?.isCancellationRequested) return Promise.reject(new Error("cancelled"));
    const id = this.nextID++;
    return new Promise((resolve, reject) => {
      const cancelling = token?.onCancellationRequested(() => this.notify("$/cancelRequest", { id }));
      const settled = (/** @type {(value: any) => void} */ body) => (/** @type {any} */ value) => {
        cancelling?.dispose();
        body(value);
      };
      this.waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
      this.send({ id, method, params });
    });
  }

  /** @param {any} message */
  receive(message) {
    if (message.method === undefined) {
      const waiting = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.error) waiting?.reject(new ResponseError(message.error));
      else waiting?.resolve(message.result);
    } else if (message.id === undefined) {
      this.client.notification(message.method, message.params);
    } else {
      this.answer(message);
    }
  }

  /** @param {any} message a request of the server's */
  async answer(message) {
    try {
      const result = await this.client.request(message.method, message.params);
      this.send({ id: message.id, result: result ?? null });
    } catch (error) {
      const code = error instanceof ResponseError ? error.code : -32603;
      this.send({ id: message.id, error: { code, message: String(/** @type {Error} */ (error).message) } });
    }
  }

  /** @param {string} why */
  end(why) {
    if (this.isOver) return;
    this.isOver = true;
    for (const { reject } of this.waiting.values()) reject(new Error(why));
    this.waiting.clear();
    this.child.kill();
    this.client.ended(why);
  }

  /** Ends the server as the protocol asks; one that does not answer within two seconds is killed. */
  async close() {
    const late = new Promise((resolve) => setTimeout(resolve, 2000).unref());
    await Promise.race([this.request("shutdown").catch(() => {}), late]);
    this.notify("exit");
    this.isOver = true;
    this.child.stdin.end();
    setTimeout(() => this.child.kill(), 2000).unref();
  }
}

module.exports = { Connection, MessageReader, ResponseError };

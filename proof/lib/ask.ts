import { request as httpRequest } from "node:http";
import { connect } from "node:net";

/** What a listener is asked. */
export interface Asked {
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
}

const TIMEOUT_MS = 5000;

/** The status of the answer, with any Host, on a connection of its own. */
export function statusOf(port: number, { method, path, headers, body }: Asked): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  // Said for every method: of a DELETE, Node would send the body without its length, as if it were another request.
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const request = httpRequest({
    ...{ host: "127.0.0.1", port, method, path, agent: false, timeout: TIMEOUT_MS },
    headers: { ...headers, ...length },
  });
  request.on("response", (response) => {
    resolve(response.statusCode ?? 0);
    // A refused connection may be reset under the rest of the answer.
    response.on("error", () => undefined);
    response.resume();
  });
  request.on("timeout", () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
  request.on("error", reject);
  request.end(body);
  return promise;
}

/** The status of the answer to a WebSocket's upgrade, 101 when it is granted. */
export function upgradeStatusOf(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const all = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(port, "127.0.0.1", () => socket.write(`GET ${path} HTTP/1.1\r\n${head.join("")}\r\n`));
  let said = "";
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    said += text;
    const status = /^HTTP\/1\.1 (\d{3}) [^\r]*\r\n/.exec(said)?.[1];
    if (status === undefined) return;
    resolve(Number(status));
    socket.destroy();
  });
  socket.on("error", reject);
  socket.on("close", () => reject(new Error("closed without an answer")));
  return promise;
}

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BodyFault, BodyReader } from "./body-reader.ts";
import { rawExchange } from "./testing/door.ts";

let server: Server;
let bodies: BodyReader;
let port: number;
let limit = 80;
let read: (string | BodyFault)[] = [];

beforeEach(async () => {
  read = [];
  limit = 80;
  bodies = new BodyReader(200, 100);
  server = createServer((request, response) => {
    bodies.read(request, limit, (body, fault) => {
      read.push(body?.toString() ?? fault ?? "neither");
      response.writeHead(200, { connection: "close" });
      response.end();
      // What was read is kept for ever when it asks for that.
      if (body !== undefined && request.url !== "/keep") bodies.release(body.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(() => {
  bodies.close();
  server.closeAllConnections();
  server.close();
});

function send(path: string, body: string, announced = body.length): Promise<string> {
  return rawExchange(port, `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${announced}\r\n\r\n${body}`);
}

describe("BodyReader", () => {
  test("joins the chunks of a body", async () => {
    const chunks = ["ab", "c", "def"].map((chunk) => `${chunk.length}\r\n${chunk}\r\n`).join("");
    await rawExchange(port, `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`);
    await send("/", "");
    expect(read).toEqual(["abcdef", ""]);
  });

  test("gives up what is too large or makes no progress", async () => {
    await send("/", "x".repeat(81));
    await send("/", "x", 5);
    expect(read).toEqual(["too_large", "stalled"]);
  });

  test("keeps room for small bodies beside large ones, announced or not", async () => {
    const KIB = 1024;
    bodies.close();
    bodies = new BodyReader(200, 800 * KIB);
    limit = 800 * KIB;
    const kib = (count: number): string => "x".repeat(count * KIB);
    const chunked = (text: string): Promise<string> =>
      rawExchange(
        port,
        `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`,
      );
    await send("/keep", kib(690));
    await send("/", kib(65));
    await chunked(kib(80));
    await send("/", kib(64));
    await chunked(kib(60));
    await send("/", kib(10));
    const lengths = [690, 0, 0, 64, 60, 10].map((each) => (each === 0 ? "no_room".length : each * KIB));
    expect(read.map((each) => each.length)).toEqual(lengths);
    expect([read[1], read[2]]).toEqual(["no_room", "no_room"]);
  });

  test("bounds what is held of all bodies together, and forgets what is given back", async () => {
    for (let i = 0; i < 3; i++) await send("/", "x".repeat(80));
    await send("/keep", "x".repeat(70));
    await send("/", "x".repeat(40));
    await send("/", "x".repeat(30));
    expect(read.map((each) => each.length)).toEqual([80, 80, 80, 70, "no_room".length, 30]);
    expect(read[4]).toBe("no_room");
  });
});

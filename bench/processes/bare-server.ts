// The baseline of the frontend: node:http that reads a body and answers 200.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answerCalls } from "./answer.ts";

const methods = { listen };

async function listen() {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      response.statusCode = body === undefined || body.length === 0 ? 400 : 200;
      response.end();
    });
  });
  server.keepAliveTimeout = 80_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port };
}

export type BareServerMethods = typeof methods;
answerCalls(methods);

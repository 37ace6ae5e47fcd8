import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import providersFile from "../../../assets/demo/providers.json" with { type: "json" };
import { OwnNames } from "../../base/own-names.ts";

interface DemoProviders {
  intel: Record<string, readonly { field: string; value: string }[]>;
  vulnerabilities: Record<string, readonly { cve?: string; risk: string; name: string }[]>;
}
const providers: DemoProviders = providersFile;

export interface DemoResponder {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Answers the look-ups of the demo as Wise and Nesd do (engine.md §8), on a free port of the loopback interface, so
 * that the demo shows intel and vulnerability hits with no network.
 */
export async function startDemoResponder(): Promise<DemoResponder> {
  const names = new OwnNames("127.0.0.1");
  const server = createServer((request, response) => {
    if (names.fault(request) === undefined) answer(URL.parse(request.url ?? "/", "http://localhost"), response);
    else send(response, 403, "text/plain", "this address isn't one of the demo's providers\n");
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

function answer(url: URL | null, response: ServerResponse): void {
  const address = /^\/wise\/ip\/([^/]+)$/.exec(url?.pathname ?? "")?.[1];
  if (address !== undefined) {
    send(response, 200, "application/json", wiseText(decoded(address)));
  } else if (url?.pathname === "/nesd/") {
    const socket = `${url.searchParams.get("ip")}:${url.searchParams.get("port")}`;
    const found = new Map(Object.entries(providers.vulnerabilities)).get(socket);
    if (found === undefined) send(response, 418, "text/plain", "no vulnerability found\n");
    else send(response, 200, "application/json", JSON.stringify(found));
  } else {
    send(response, 404, "text/plain", "not found\n");
  }
}

/** The colons of an IPv6 address may come escaped. */
function decoded(text: string): string {
  return text.replace(/%3A/gi, ":");
}

/** Wise writes JavaScript literals with unquoted keys, not JSON. */
function wiseText(address: string): string {
  const fields = new Map(Object.entries(providers.intel)).get(address) ?? [];
  const items = fields.map(
    ({ field, value }) => `{field:${JSON.stringify(field)},len:${value.length},value:${JSON.stringify(value)}}`,
  );
  return `[${items.join(",\n")}]`;
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type }).end(body);
}

function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}

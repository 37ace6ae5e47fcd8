import http from "node:http";
import type { AddressInfo } from "node:net";

/** A provider for tests: a real HTTP server on a free port that answers as it is told and remembers what was asked. */
export interface TestProvider {
  url: string;
  port: number;
  /** Paths with their query, percent-decoded, in order. */
  asked: string[];
  /** Most requests that were open at the same time. */
  openMax: number;
  connections: number;
  close(): Promise<void>;
}

export async function testProvider(
  answer: (path: string, response: http.ServerResponse) => void,
  host = "127.0.0.1",
): Promise<TestProvider> {
  let open = 0;
  const server = http.createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    provider.asked.push(path);
    open += 1;
    provider.openMax = Math.max(provider.openMax, open);
    response.on("close", () => {
      open -= 1;
    });
    answer(path, response);
  });
  server.on("connection", () => {
    provider.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const provider: TestProvider = {
    url: `http://${host}:${port}`,
    port,
    asked: [],
    openMax: 0,
    connections: 0,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return provider;
}

import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Site } from "./site.ts";

/** A threat-intel and a vulnerability provider on this machine, as Wise and Nesd answer. */
export class LookUps {
  readonly #server: Server;
  readonly port: number;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(): Promise<LookUps> {
    const server = createServer((request, response) => {
      const path = request.url ?? "";
      if (path.startsWith("/wise/")) {
        response.end(JSON.stringify([{ field: "journey.list", len: 20, value: "seen in brute force" }]));
      } else {
        response.end(JSON.stringify([{ cve: "CVE-2021-44228", risk: "Critical", name: "Apache Log4j" }]));
      }
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", resolve);
    await promise;
    return new LookUps(server);
  }

  /** Makes the backends of a site ask here. */
  configure(site: Site): void {
    const file = (kind: "intel" | "vuln", plugin: string, path: string) => {
      const url = `http://127.0.0.1:${this.port}${path}`;
      const source = { name: `journey ${kind}`, type: kind === "intel" ? "IP" : "IP-Port", enabled: true, plugin };
      const config = JSON.stringify({ url, ...(kind === "vuln" ? { allow_low_severity: true } : {}) });
      const text = JSON.stringify({ [`${kind}_sources`]: [{ ...source, config }] }, undefined, 2);
      writeFileSync(join(site.dataDir, "configs", `${kind}_journeys.json`), text);
    };
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the providers' own placeholders
    file("intel", "Wise", "/wise/ip/${ip}");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the providers' own placeholders
    file("vuln", "Nesd", "/nesd/?ip=${ip}&port=${port}");
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }
}

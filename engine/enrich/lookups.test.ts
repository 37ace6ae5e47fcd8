import net, { type AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { type Clock, ManualClock, SystemClock } from "../base/clock.ts";
import { createLogger } from "../base/log.ts";
import { MAX_ANSWER_BYTES } from "./http-get.ts";
import { MAX_CONCURRENT_LOOKUPS, MAX_HITS_OF_ANSWER, MAX_QUEUED_LOOKUPS } from "./lookup-source.ts";
import { type Findings, Lookups, type LookupsOptions } from "./lookups.ts";
import { type TestProvider, testProvider } from "./test-provider.ts";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function provider(...args: Parameters<typeof testProvider>): Promise<TestProvider> {
  const started = await testProvider(...args);
  cleanUps.push(() => started.close());
  return started;
}

function wise(url: string, name = "Fake Wise"): LookupsOptions["intel"][number] {
  return { name, plugin: "Wise", url: `${url}/ip/\${ip}` };
}

function nesd(url: string, allowLowSeverity = false): LookupsOptions["vuln"][number] {
  return { name: "Fake Nesd", plugin: "Nesd", url: `${url}/?ip=\${ip}&port=\${port}&again=\${ip}`, allowLowSeverity };
}

const logged: string[] = [];
function lookups(options: Partial<LookupsOptions>): Lookups {
  const clock: Clock = options.clock ?? new SystemClock();
  logged.length = 0;
  const made = new Lookups({
    intel: [],
    vuln: [],
    intelPrivateIp: false,
    cacheMinutes: 10,
    clock,
    logger: createLogger({ level: "INFO", json: false, target: "test", clock, write: (line) => logged.push(line) }),
    timeoutMs: 2000,
    ...options,
  });
  cleanUps.push(() => made.close());
  return made;
}

async function complete(findings: Findings): Promise<Findings> {
  if (findings.outstanding > 0) await new Promise<void>((resolve) => findings.onComplete(resolve));
  return findings;
}

async function intelOf(made: Lookups, ...addresses: string[]): Promise<string[]> {
  const { intel } = await complete(made.ask({ addresses, sockets: [] }));
  return intel.map(({ provider: who, term, result }) => `${who} ${term} ${result}`);
}

async function vulnerabilitiesOf(made: Lookups, ...sockets: { ip: string; port: number }[]): Promise<string[]> {
  const { vulnerabilities } = await complete(made.ask({ addresses: [], sockets }));
  return vulnerabilities.map(({ provider: who, term, result }) => `${who} ${term} ${result}`);
}

const HIT = '[{field:"f",len:5,value:"hit"}]';

describe("intel", () => {
  it("asks every source about public addresses only, and names plugin, term and result", async () => {
    const one = await provider((path, response) => response.end(path.endsWith("1111") ? HIT : "[]"));
    const two = await provider((_path, response) =>
      response.end('[{field:"g",len:9,value:"other"},{field:"g",len:9,value:"other"}]'),
    );
    const made = lookups({ intel: [wise(one.url), wise(two.url, "Second")] });
    const asked = ["10.0.0.1", "45.0.0.1", "2606:4700::1111", "::1", "no address"];
    expect(await intelOf(made, ...asked)).toEqual([
      "Wise 45.0.0.1 g: other",
      "Wise 2606:4700::1111 f: hit",
      "Wise 2606:4700::1111 g: other",
    ]);
    expect(one.asked.sort()).toEqual(["/ip/2606:4700::1111", "/ip/45.0.0.1"]);
  });

  it("asks about private ones with intelPrivateIp", async () => {
    const one = await provider((_path, response) => response.end(HIT));
    expect(await intelOf(lookups({ intel: [wise(one.url)], intelPrivateIp: true }), "10.0.0.1")).toHaveLength(1);
  });

  it("keeps a bounded number of results of one answer", async () => {
    const many = Array.from({ length: 5000 }, (_, n) => `{field:"f",len:9,value:"${n}"}`).join(",");
    const one = await provider((_path, response) => response.end(`[${many}]`));
    expect(await intelOf(lookups({ intel: [wise(one.url)] }), "45.0.0.1")).toHaveLength(MAX_HITS_OF_ANSWER);
    expect(logged.join("")).toContain("results=5000");
  });
});

describe("vulnerabilities", () => {
  it("asks about every address and port, private ones and port 0 too", async () => {
    const one = await provider((path, response) => {
      if (path.includes("port=0")) response.writeHead(418).end("no");
      else if (path.includes("port=81")) response.end("no vulnerability found\n");
      else response.end('[{"risk":"Low","name":"L"},{"risk":"High","name":"H","cve":"CVE-1"}]');
    });
    const sockets = [
      { ip: "10.0.0.1", port: 0 },
      { ip: "10.0.0.1", port: 81 },
      { ip: "2002:c0a8:1::1", port: 8080 },
    ];
    const made = lookups({ vuln: [nesd(one.url)] });
    expect(await vulnerabilitiesOf(made, ...sockets)).toEqual(["Nesd 2002:c0a8:1::1:8080 High - H (CVE-1)"]);
    expect(made.stats()).toMatchObject([{ name: "Fake Nesd", plugin: "Nesd", requests: 3, failures: 0 }]);
    expect(one.asked.toSorted()[0]).toBe(`/?ip=10.0.0.1&port=0&again=\${ip}`);
    const low = lookups({ vuln: [nesd(one.url, true)] });
    expect(await vulnerabilitiesOf(low, { ip: "10.0.0.1", port: 7 })).toHaveLength(2);
  });
});

describe("the cache", () => {
  it("keeps answers, negative ones too, for its minutes and answers at once", async () => {
    const clock = new ManualClock(1_000_000);
    const one = await provider((path, response) => response.end(path.endsWith(".1") ? HIT : "[]"));
    const made = lookups({ intel: [wise(one.url)], clock, cacheMinutes: 2 });
    await intelOf(made, "45.0.0.1", "45.0.0.2");
    clock.advance(119_000);
    const again = made.ask({ addresses: ["45.0.0.1", "45.0.0.2"], sockets: [] });
    expect(again.outstanding).toBe(0);
    expect(again.intel).toHaveLength(1);
    expect(one.asked).toHaveLength(2);
    clock.advance(2000);
    expect(await intelOf(made, "45.0.0.1")).toHaveLength(1);
    expect(one.asked).toHaveLength(3);
    expect(made.stats()[0]).toMatchObject({ requests: 3, cacheHits: 2, failures: 0 });
  });

  it("keeps nothing with --cache 0", async () => {
    const one = await provider((_path, response) => response.end(HIT));
    const made = lookups({ intel: [wise(one.url)], cacheMinutes: 0 });
    await intelOf(made, "45.0.0.1");
    await intelOf(made, "45.0.0.1");
    expect(one.asked).toHaveLength(2);
  });

  it("doesn't keep failures", async () => {
    let well = false;
    const one = await provider((_path, response) => response.writeHead(well ? 200 : 500).end(HIT));
    const made = lookups({ intel: [wise(one.url)] });
    expect(await intelOf(made, "45.0.0.1")).toEqual([]);
    well = true;
    expect(await intelOf(made, "45.0.0.1")).toHaveLength(1);
  });

  it("shares a question that is being asked", async () => {
    const one = await provider((_path, response) => setTimeout(() => response.end(HIT), 50));
    const made = lookups({ intel: [wise(one.url)] });
    const answers = await Promise.all(Array.from({ length: 20 }, () => intelOf(made, "45.0.0.1")));
    expect(new Set(answers.map(String)).size).toBe(1);
    expect(one.asked).toHaveLength(1);
  });
});

describe("a provider that misbehaves costs its look-up only", () => {
  async function failure(
    answer: Parameters<typeof testProvider>[0],
    options: Partial<LookupsOptions> = {},
  ): Promise<string> {
    const bad = await provider(answer);
    const good = await provider((_path, response) => response.end(HIT));
    const made = lookups({ intel: [wise(bad.url, "Bad"), wise(good.url, "Good")], ...options });
    expect(await intelOf(made, "45.0.0.1")).toEqual(["Wise 45.0.0.1 f: hit"]);
    const [stats, others] = made.stats();
    expect(stats).toMatchObject({ failures: 1 });
    expect(others).toMatchObject({ failures: 0 });
    const line = logged.join("");
    expect(line).toContain("source=Bad");
    expect(line).not.toContain("http://");
    return stats?.lastFailure ?? "";
  }

  it("that is slow", async () => {
    expect(await failure(() => undefined, { timeoutMs: 200 })).toContain("did not answer in time");
  });

  it("that sends a byte now and then", async () => {
    const drip = await failure(
      (_path, response) => {
        const timer = setInterval(() => response.write(" "), 20);
        response.on("close", () => clearInterval(timer));
      },
      { timeoutMs: 200 },
    );
    expect(drip).toContain("did not answer in time");
  });

  it("that answers with an error", async () => {
    expect(await failure((_path, response) => response.writeHead(500).end(HIT))).toContain("status 500");
  });

  it("that redirects", async () => {
    const other = await provider((_path, response) => response.end(HIT));
    const text = await failure((path, response) => response.writeHead(302, { location: other.url + path }).end());
    expect(text).toContain("redirect");
    expect(other.asked).toEqual([]);
  });

  it("that answers nonsense", async () => {
    expect(await failure((_path, response) => response.end("<html>"))).toContain("can't be read");
  });

  it("that answers 5 MiB, which are not read to the end", async () => {
    let sent = 0;
    const text = await failure((_path, response) => {
      const piece = Buffer.alloc(64 * 1024, " ");
      const more = (): void => {
        while (sent < 80 * piece.length && !response.destroyed) {
          sent += piece.length;
          if (!response.write(piece)) {
            response.once("drain", more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    expect(text).toContain(`larger than ${MAX_ANSWER_BYTES}`);
  });

  it("that compresses its answer", async () => {
    const text = await failure((_path, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("[]")),
    );
    expect(text).toContain("compressed");
  });

  it("that hangs up in the middle", async () => {
    const text = await failure((_path, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("[", () => response.destroy());
    });
    expect(text).toContain("can't be reached");
  });

  it("that isn't there", async () => {
    const gone = await testProvider(() => undefined);
    await gone.close();
    const made = lookups({ intel: [wise(gone.url)] });
    expect(await intelOf(made, "45.0.0.1")).toEqual([]);
    expect(made.stats()[0]?.lastFailure).toContain("ECONNREFUSED");
  });

  it("whose name leads to a link-local address", async () => {
    const made = lookups({ intel: [wise("http://169.254.169.254"), wise("http://[fe80::1]")] });
    expect(await intelOf(made, "45.0.0.1")).toEqual([]);
    for (const { lastFailure } of made.stats()) expect(lastFailure).toContain("link-local");
  });
});

describe("connections", () => {
  it("resolve names, and are kept", async () => {
    const one = await provider((_path, response) => response.end(HIT), "localhost");
    const made = lookups({ intel: [wise(one.url)] });
    expect(await intelOf(made, "45.0.0.1")).toHaveLength(1);
    expect(await intelOf(made, "45.0.0.2")).toHaveLength(1);
    expect(one.connections).toBe(1);
  });

  it("are made anew when a kept one turns out to be closed", async () => {
    // This server keeps a connection open after its answer and hangs up at the next request without a word.
    let served = 0;
    const server = net.createServer((socket) => {
      let requests = 0;
      socket.on("error", () => undefined);
      socket.on("data", () => {
        requests += 1;
        if (requests > 1) {
          socket.resetAndDestroy();
          return;
        }
        served += 1;
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${HIT.length}\r\n\r\n${HIT}`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanUps.push(() => server.close());
    const made = lookups({ intel: [wise(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)] });
    expect(await intelOf(made, "45.0.0.1")).toHaveLength(1);
    expect(await intelOf(made, "45.0.0.2")).toHaveLength(1);
    expect(served).toBe(2);
  });

  it("are bounded in number, and so are the look-ups that wait", async () => {
    const one = await provider((_path, response) => setTimeout(() => response.end("[]"), 5));
    const made = lookups({ intel: [wise(one.url)] });
    await intelOf(made, ...Array.from({ length: 200 }, (_, n) => `45.0.1.${n}`));
    expect(one.openMax).toBeLessThanOrEqual(MAX_CONCURRENT_LOOKUPS);
    expect(one.asked).toHaveLength(200);

    const dead = await provider(() => undefined);
    const flooded = lookups({ intel: [wise(dead.url)], timeoutMs: 300 });
    const targets = Array.from({ length: MAX_QUEUED_LOOKUPS + 1000 }, (_, n) => `45.1.${n >> 8}.${n & 255}`);
    const began = performance.now();
    await intelOf(flooded, ...targets);
    expect(performance.now() - began).toBeLessThan(5000);
    const [stats] = flooded.stats();
    expect(stats?.failures).toBe(targets.length);
    // Those that got a turn in the last millisecond were still sent off.
    expect(stats?.requests).toBeLessThanOrEqual(2 * MAX_CONCURRENT_LOOKUPS);
  });
});

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ManualClock } from "../base/clock.ts";
import { createLogger } from "../base/log.ts";
import { downloadConfig } from "./config-download.ts";
import { getFile } from "./config-get.ts";

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serving(answer: Answer, port = 0): Promise<string> {
  const server = createServer(answer);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A frontend with these files; `asked` gets each path. */
function frontendOf(
  files: Readonly<Record<string, string>>,
  asked: string[] = [],
  listed = Object.keys(files),
): Answer {
  return (request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    asked.push(path);
    const name = path.replace("/config/", "");
    if (name === "") response.end(JSON.stringify({ files: listed.map((filename) => ({ filename })) }));
    else if (files[name] !== undefined) response.end(files[name]);
    else response.writeHead(404).end("no such file\n");
  };
}

function downloading(frontend: string, node = "be1") {
  const lines: string[] = [];
  const clock = new ManualClock();
  const log = createLogger({ level: "INFO", json: false, target: "t", clock, write: (line) => lines.push(line) });
  const abort = new AbortController();
  const done = downloadConfig({ frontend, node, log, signal: abort.signal });
  return { done, lines, abort };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 4000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("it never came to that");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("the configuration of a node", () => {
  it("is its own files, in alphabetical order, and no other node's", async () => {
    const names = [
      ...["assets_b.json", "assets_a.json", "vuln_nesd.json", "intel_wise.json", "dsiem_config.json", "notes.json"],
      ...["directives_be1_z.json", "directives_be1.json", "directives_be10_a.json", "directives_be10.json"],
      ...["directives_be2.json", "directives_be1x_a.json", "directives_be1_a.json"],
    ];
    const asked: string[] = [];
    const files = Object.fromEntries(names.map((name) => [name, `content of ${name}`]));
    const config = await downloading(await serving(frontendOf(files, asked))).done;
    const namesOf = (list: readonly { name: string }[]): string[] => list.map((file) => file.name);
    expect(namesOf(config.assets)).toEqual(["assets_a.json", "assets_b.json"]);
    expect(namesOf(config.directives)).toEqual([
      ...["directives_be1.json", "directives_be1_a.json", "directives_be1_z.json"],
    ]);
    expect(namesOf(config.intel)).toEqual(["intel_wise.json"]);
    expect(namesOf(config.vuln)).toEqual(["vuln_nesd.json"]);
    expect(Buffer.from(config.assets[0]?.bytes ?? []).toString()).toBe("content of assets_a.json");
    expect(asked).not.toContain("/config/directives_be10.json");
  });

  it("takes no file of a hostile name, and each once", async () => {
    const hostile = [
      ...[
        "../assets_a.json",
        "assets_a.json/../x.json",
        "assets_../a.json",
        "assets_a.json?x=.json",
        "assets_a b.json",
      ],
      ...[
        "assets_%2e%2e.json",
        "assets_é.json",
        "assets_a.json\n",
        "assets_a.JSON",
        "/etc/assets_a.json",
        "",
        "assets_.json.",
      ],
    ];
    const asked: string[] = [];
    const files = { "assets_a.json": "{}" };
    const listed = [...hostile, "assets_a.json", "assets_a.json"];
    const config = await downloading(await serving(frontendOf(files, asked, listed))).done;
    expect(config.assets.map((file) => file.name)).toEqual(["assets_a.json"]);
    expect(asked).toEqual(["/config/", "/config/assets_a.json"]);
  });

  it("is asked for with the credentials of the URL, which no log ever sees", async () => {
    const sent: (string | undefined)[] = [];
    const answer = frontendOf({ "assets_a.json": "{}" });
    let refuse = true;
    const frontend = await serving((request, response) => {
      sent.push(request.headers.authorization);
      if (refuse) response.writeHead(401).end();
      else answer(request, response);
    });
    const { done, lines } = downloading(frontend.replace("http://", "http://user:s3cret@"));
    await until(() => lines.length > 0);
    refuse = false;
    await done;
    expect(sent[0]).toBe(`Basic ${Buffer.from("user:s3cret").toString("base64")}`);
    expect(lines).toHaveLength(2);
    expect(lines.join("")).not.toContain("s3cret");
    expect(lines[0]).toContain(`${frontend}/config with status 401; trying again until it answers`);
  });
});

describe("a frontend that isn't well", () => {
  it("and isn't there at first is tried until it is, with a line for each change of state", async () => {
    const port = Number(new URL(await serving(() => undefined)).port);
    await new Promise((resolve) => open.pop()?.close(resolve));
    const { done, lines } = downloading(`http://127.0.0.1:${port}`);
    await until(() => lines.length > 0);
    expect(lines[0]).toContain("ECONNREFUSED");
    await serving(frontendOf({ "assets_a.json": "{}" }), port);
    await done;
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(`the frontend at http://127.0.0.1:${port} answers now`);
  });

  it("is tried again and again, with one line for all of the tries that end alike", async () => {
    let tries = 0;
    let well = false;
    const answer = frontendOf({ "assets_a.json": "{}" });
    const frontend = await serving((request, response) => {
      tries += 1;
      if (well) answer(request, response);
      else response.writeHead(503).end();
    });
    const { done, lines } = downloading(frontend);
    // When the fourth comes, three have failed and been told of, or not.
    await until(() => tries >= 4);
    expect(lines).toHaveLength(1);
    well = true;
    await done;
    expect(lines).toHaveLength(2);
  });

  it("lists a file that it doesn't have, until it has", async () => {
    const files: Record<string, string> = { "assets_a.json": "{}" };
    const frontend = await serving((request, response) =>
      frontendOf(files, [], ["assets_a.json", "directives_be1.json"])(request, response),
    );
    const { done, lines } = downloading(frontend);
    await until(() => lines.length > 0);
    expect(lines[0]).toContain("/config/directives_be1.json with status 404; trying again");
    files["directives_be1.json"] = "{}";
    expect((await done).directives).toHaveLength(1);
  });

  it.each<[string, string]>([
    ["no JSON", "<html>"],
    ["null", "null"],
    ["another shape", '{"files":["a.json"]}'],
    ["names that are no text", '{"files":[{"filename":1}]}'],
    ["nothing", ""],
  ])("and lists %s is told so and tried again", async (_, listing) => {
    const { done, lines, abort } = downloading(await serving((_request, response) => response.end(listing)));
    await until(() => lines.length > 0);
    expect(lines[0]).toContain("/config/ doesn't answer with a list of files; trying again until it answers");
    abort.abort(new Error("stopped"));
    await expect(done).rejects.toThrow("stopped");
  });

  it("redirects, and isn't followed", async () => {
    const asked: string[] = [];
    const other = await serving(frontendOf({}, asked));
    const { done, lines, abort } = downloading(
      await serving((_, response) => response.writeHead(302, { location: `${other}/config/` }).end()),
    );
    await until(() => lines.length > 0);
    expect(lines[0]).toContain("with status 302");
    expect(asked).toEqual([]);
    abort.abort(new Error("stopped"));
    await expect(done).rejects.toThrow("stopped");
  });

  it("breaks off in the middle", async () => {
    const url = await serving((request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half");
      setTimeout(() => request.socket.destroy(), 20);
    });
    const { lines, done, abort } = downloading(url);
    await until(() => lines.length > 0);
    expect(lines[0]).toContain(`the frontend can't be reached at ${url}/config`);
    abort.abort(new Error("stopped"));
    await expect(done).rejects.toThrow("stopped");
  });
});

describe("one file", () => {
  const options = { signal: new AbortController().signal, silenceMs: 100, mostBytes: 1000 };
  /** For what has to come in time, on a machine that may have much else to do. */
  const patient = { ...options, silenceMs: 2_000 };

  it("is given up when nothing comes any more, before or after its first byte", async () => {
    const silent = await serving(() => undefined);
    await expect(getFile(new URL(silent), options)).rejects.toThrow("has said nothing for 0.1 s");
    const stuck = await serving((_, response) => response.write("half"));
    await expect(getFile(new URL(stuck), options)).rejects.toThrow("has said nothing for 0.1 s");
  });

  it("may take its time while it comes", async () => {
    const slow = await serving((_, response) => {
      let sent = 0;
      const timer = setInterval(() => {
        if (++sent < 8) response.write("x");
        else response.end();
        if (sent === 8) clearInterval(timer);
      }, 300);
    });
    // Longer in all than it may be silent.
    expect(await getFile(new URL(slow), patient)).toHaveLength(7);
  });

  it("is refused when it is too large, without reading on", async () => {
    let written = 0;
    const endless = await serving((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(10_000))) written += 10_000;
      };
      response.on("drain", more);
      more();
    });
    await expect(getFile(new URL(endless), options)).rejects.toThrow("is larger than 1000 bytes");
    expect(written).toBeLessThan(100_000_000);
  });

  it("names every address of a name that can't be reached", async () => {
    const port = new URL(await serving(() => undefined)).port;
    await new Promise((resolve) => open.pop()?.close(resolve));
    await expect(getFile(new URL(`http://localhost:${port}/x`), patient)).rejects.toThrow(
      /\(connect ECONNREFUSED .+\)/,
    );
  });
});

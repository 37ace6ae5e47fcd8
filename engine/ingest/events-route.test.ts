import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { DsiemError } from "../base/errors.ts";
import { BusFullError, PayloadTooLargeError } from "../bus/bus.ts";
import { anEvent, rawExchange, startTestDoor, type TestDoor } from "./testing/door.ts";

let opened: TestDoor[] = [];

async function open(...args: Parameters<typeof startTestDoor>): Promise<TestDoor> {
  const door = await startTestDoor(...args);
  opened.push(door);
  return door;
}

afterEach(async () => {
  await Promise.all(opened.map((door) => door.close()));
  opened = [];
});

const JSON_HEADERS = "Host: x\r\nContent-Type: application/json\r\n";

describe("POST /events", () => {
  test("takes one event, stamps it and answers 200 with an empty body", async () => {
    const door = await open();
    const before = Date.now() * 1e6;
    const answer = await door.post(JSON.stringify(anEvent({ conn_id: 77, rcvd_time: 5, unknown: { a: [1] } })));
    expect(answer.status).toBe(200);
    expect(answer.text).toBe("");
    expect(answer.headers.get("content-length")).toBe("0");
    expect(door.published).toHaveLength(1);
    const [event] = door.published;
    expect(event).toMatchObject({ event_id: "e1", plugin_id: 1001, src_ip: "10.0.0.1", conn_id: 1, carrier: {} });
    expect(event).not.toHaveProperty("unknown");
    expect(Number(event?.rcvd_time)).toBeGreaterThan(before - 1e9);
    expect(door.counters).toMatchObject({ requests: 1, accepted: 1 });
  });

  test("takes arrays, the trailing slash and a query, and numbers the events", async () => {
    const door = await open();
    const body = JSON.stringify([anEvent(), anEvent({ event_id: "e2" })]);
    for (const path of ["/events", "/events/", "/events?a=1", "/events/?a=1"]) {
      expect((await door.request("POST", path, body, { "content-type": "application/json" })).status).toBe(200);
    }
    expect(door.published.map((event) => event.conn_id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect((await door.post("[]")).status).toBe(200);
    expect((await door.post(" [ ] ")).status).toBe(200);
    expect(door.published).toHaveLength(8);
  });

  test("takes any spelling of a JSON content type, and no other type or encoding", async () => {
    const door = await open();
    const body = JSON.stringify(anEvent());
    const good = [
      "application/json",
      "Application/JSON",
      "application/json; charset=utf-8",
      "application/ld+json",
      "text/x+JSON;a=b",
    ];
    for (const type of good) expect((await door.post(body, { "content-type": type })).status, type).toBe(200);
    for (const type of [
      "text/plain",
      "application/jsonx",
      "application/x-ndjson",
      "+json",
      "json",
      "application/+json",
    ]) {
      const answer = await door.post(body, { "content-type": type });
      expect(answer.status, type).toBe(415);
      expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
      expect(answer.text).toMatch(/\.\n$/);
    }
    expect((await door.post(body, { "content-type": "application/json", "content-encoding": "gzip" })).status).toBe(
      415,
    );
    const untyped = await rawExchange(
      door.port,
      `POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
    );
    expect(untyped).toMatch(/^HTTP\/1\.1 415 /);
    expect(door.refused.refused_wrong_media_type).toBe(8);
  });

  test("takes a request as a proxy gets it, with the scheme and the host before the path", async () => {
    const door = await open();
    const body = JSON.stringify(anEvent());
    const head = `Host: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    for (const target of ["http://fe:8080/events", "HTTP://fe/events/?x=/", "https://[::1]:8080/events?x"]) {
      const answer = await rawExchange(door.port, `POST ${target} HTTP/1.1\r\n${head}${body}`);
      expect(answer, target).toMatch(/^HTTP\/1\.1 200 /);
    }
    expect(door.published).toHaveLength(3);
    const get = (target: string) =>
      rawExchange(door.port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(await get("http://fe:8080/config/")).toMatch(/^HTTP\/1\.1 200 [\s\S]*"files"/);
    expect(await get("http://fe:8080")).toMatch(/^HTTP\/1\.1 404 [\s\S]*nothing at this path/);
    expect(
      await rawExchange(door.port, `DELETE http://fe/config HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 405 /);
  });

  test("answers other methods with 405 and Allow", async () => {
    const door = await open();
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "PROPFIND"]) {
      const answer = await door.request(method, "/events/");
      expect(answer.status, method).toBe(405);
      expect(answer.headers.get("allow")).toBe("POST");
    }
  });

  test("names the field, and the index in an array, of a malformed event", async () => {
    const door = await open();
    const single = await door.post(JSON.stringify(anEvent({ src_ip: "nowhere" })));
    expect([single.status, single.text]).toEqual([400, expect.stringContaining("src_ip")]);
    const inArray = await door.post(JSON.stringify([anEvent(), anEvent(), anEvent({ dst_port: -1 })]));
    expect([inArray.status, inArray.text]).toEqual([400, expect.stringMatching(/Event 2.*dst_port/)]);
    for (const body of ["5", "null", '"x"', "[1]", "[[]]", "[null]"])
      expect((await door.post(body)).status, body).toBe(400);
    expect(door.published).toEqual([]);
  });

  test("answers an invalid event with 418, all or nothing", async () => {
    const door = await open();
    const answer = await door.post(JSON.stringify([anEvent(), anEvent({ title: "" })]));
    expect([answer.status, answer.text]).toEqual([418, "Invalid event\n"]);
    expect(door.published).toEqual([]);
    expect(door.refused.refused_invalid).toBe(1);
  });

  test("says why a body isn't JSON, in one line without control characters", async () => {
    const door = await open();
    for (const body of ['{"event_id": oops', "", " ", '{"a":1}{', "\u001b[31m\n{", "nul"]) {
      const answer = await door.post(body);
      expect(answer.status, body).toBe(400);
      expect(answer.text).toMatch(/^The body isn't JSON: .+\n$/);
      expect(answer.text).not.toContain("\u001b");
    }
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const answer = await door.post(bytes);
    expect([answer.status, answer.text]).toEqual([400, "The body isn't UTF-8 text.\n"]);
  });

  test("never passes a lone surrogate on", async () => {
    const door = await open({
      publish: (events, done) => {
        for (const event of events) expect(Buffer.from(event).toString()).not.toMatch(/\\ud[89a-f]/i);
        done();
      },
    });
    expect([200, 400]).toContain(
      (
        await door.post(
          '{"event_id":"\\ud800","timestamp":"2026-11-23T00:00:01Z","sensor":"s","title":"\\udc00x","src_ip":"10.0.0.1","dst_ip":"10.0.0.2","plugin_id":1,"plugin_sid":1}',
        )
      ).status,
    );
  });

  test("takes text of any script, in small and in large bodies", async () => {
    const door = await open();
    const title = "tïtle ✓ 🦊";
    expect((await door.post(JSON.stringify(anEvent({ title })))).status).toBe(200);
    const many = Array.from({ length: 500 }, (_, i) => anEvent({ title: `${title} ${i}` }));
    expect((await door.post(JSON.stringify(many))).status).toBe(200);
    expect(door.published).toHaveLength(501);
    expect(door.published[500]).toMatchObject({ title: `${title} 499`, conn_id: 501 });
  });

  test("takes large arrays in order and judges them like small ones", async () => {
    const door = await open();
    const many = Array.from({ length: 5000 }, (_, i) => anEvent({ event_id: `e${i}` }));
    expect((await door.post(JSON.stringify(many))).status).toBe(200);
    expect(door.published.map((event) => event.event_id)).toEqual(many.map((event) => event.event_id));
    const count = door.published.length;

    const spoiled = (index: number, event: unknown) =>
      JSON.stringify(many.toSpliced(index, 1, event as Record<string, unknown>));
    const malformed = await door.post(spoiled(4321, anEvent({ src_ip: 5 })));
    expect([malformed.status, malformed.text]).toEqual([400, expect.stringMatching(/Event 4321.*src_ip/)]);
    expect((await door.post(spoiled(4999, anEvent({ sensor: "" })))).status).toBe(418);
    expect((await door.post(spoiled(4999, 5))).status).toBe(400);
    const whole = JSON.stringify(many);
    for (const broken of [whole.slice(0, -1), `${whole}x`, `${whole.slice(0, -1)},]`, `${whole.slice(0, -2)}]`]) {
      expect((await door.post(broken)).status).toBe(400);
    }
    expect(door.published).toHaveLength(count);
  });

  test("refuses JSON nested deeper than 64 levels, small and large", async () => {
    const door = await open();
    const nested = (levels: number, pad: string) =>
      JSON.stringify({ ...anEvent(), pad, deep: "@" }).replace('"@"', "[".repeat(levels) + "]".repeat(levels));
    for (const pad of ["", "x".repeat(100_000)]) {
      expect((await door.post(nested(63, pad))).status).toBe(200);
      const answer = await door.post(nested(64, pad));
      expect([answer.status, answer.text]).toEqual([400, "The event is nested deeper than 64 levels.\n"]);
      expect((await door.post(`[${nested(62, pad)}]`)).status).toBe(200);
      expect((await door.post(`[${nested(63, pad)}]`)).text).toBe("Event 0 is nested deeper than 64 levels.\n");
    }
    expect((await door.post("[".repeat(60_000))).status).toBe(400);
    expect((await door.post(`${"[".repeat(30_000)}${"]".repeat(30_000)}`)).status).toBe(400);
  });

  test("passes the trace context on where there is one", async () => {
    const door = await open({
      trace: (connectionId) => ({ carrier: { traceparent: `00-${connectionId}` }, end: () => undefined }),
    });
    await door.post(JSON.stringify([anEvent(), anEvent()]));
    expect(door.published.map((event) => event.carrier)).toEqual([{ traceparent: "00-1" }, { traceparent: "00-2" }]);
  });
});

describe("the bus behind POST /events", () => {
  test("answers 200 only when the bus has the events", async () => {
    let taken: (() => void) | undefined;
    const door = await open({
      publish: (_, done) => {
        taken = done;
      },
    });
    let answered = false;
    const answer = door.post(JSON.stringify(anEvent())).then((a) => {
      answered = true;
      return a;
    });
    await expect.poll(() => taken !== undefined).toBe(true);
    expect(answered).toBe(false);
    expect(door.counters.accepted).toBe(0);
    taken?.();
    expect((await answer).status).toBe(200);
  });

  test.each([
    [
      "full",
      () => new BusFullError("the bus is away and 20 events wait"),
      503,
      "refused_bus_full",
      "The bus is away and 20 events wait.\n",
    ],
    [
      "broken",
      () => new DsiemError("X", "the connection is closed."),
      503,
      "refused_bus_failed",
      "The connection is closed.\n",
    ],
  ] as const)("answers 503 when it is %s, at once or later", async (_, makeError, status, cause, text) => {
    for (const publish of [
      () => {
        throw makeError();
      },
      (__: unknown, done: (error?: Error) => void) => void setImmediate(done, makeError()),
    ]) {
      const door = await open({ publish });
      const answer = await door.post(JSON.stringify(anEvent()));
      expect([answer.status, answer.text]).toEqual([status, text]);
      expect(door.refused[cause]).toBe(1);
      expect(door.counters.accepted).toBe(0);
    }
  });

  test("answers 413 with the limit and the index when an event is too large for it", async () => {
    const door = await open({
      publish: (events) => {
        throw new PayloadTooLargeError(events.length - 1, 2_000_000, 1_048_576);
      },
    });
    const single = await door.post(JSON.stringify(anEvent()));
    expect([single.status, single.text]).toEqual([413, expect.stringMatching(/^The event takes .* 1048576\.\n$/)]);
    const inArray = await door.post(JSON.stringify([anEvent(), anEvent(), anEvent()]));
    expect([inArray.status, inArray.text]).toEqual([413, expect.stringMatching(/^Event 2: .*1048576/)]);
  });

  test("limits the rate, gives tokens of refused events back, and takes one oversized batch", async () => {
    let full = true;
    const door = await open({
      eps: 10,
      publish: (_, done) => {
        if (full) throw new BusFullError("full");
        done();
      },
    });
    for (let i = 0; i < 15; i++) expect((await door.post(JSON.stringify(anEvent()))).status).toBe(503);
    full = false;
    expect((await door.post(JSON.stringify(Array(25).fill(anEvent())))).status).toBe(200);
    const answer = await door.post(JSON.stringify(anEvent()));
    expect([answer.status, answer.text]).toEqual([429, "EPS rate limit reached\n"]);
  });
});

describe("bodies on their way in", () => {
  test("refuses a body over 16 MiB, announced or not, to a client that is still sending", async () => {
    const door = await open();
    const tooLarge = Buffer.alloc(16 * 1024 * 1024 + 1, 0x20);
    for (const headers of [{ "content-length": String(tooLarge.length) }, { "transfer-encoding": "chunked" }]) {
      const status = await new Promise((resolve, reject) => {
        const options = {
          port: door.port,
          method: "POST",
          path: "/events",
          headers: { "content-type": "application/json", ...headers },
        };
        const request = httpRequest(options, (response) => {
          expect(response.headers.connection).toBe("close");
          response.resume();
          response.on("end", () => resolve(response.statusCode));
        });
        request.on("error", reject);
        request.end(tooLarge);
      });
      expect(status).toBe(413);
    }
    expect(door.refused.refused_too_large).toBe(2);
    const fits = Buffer.alloc(16 * 1024 * 1024, 0x20);
    fits.write(JSON.stringify(anEvent()));
    expect((await door.post(fits)).status).toBe(200);
  });

  test("refuses before the body is sent when the client asks first", async () => {
    const door = await open();
    const head = (length: number) =>
      `POST /events HTTP/1.1\r\n${JSON_HEADERS}Expect: 100-continue\r\nContent-Length: ${length}\r\n`;
    expect(await rawExchange(door.port, `${head(20_000_000)}\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
    const body = JSON.stringify(anEvent());
    const text = await rawExchange(door.port, `${head(body.length)}Connection: close\r\n\r\n${body}`);
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });

  test("gives up a body without progress with 408, and one with progress never", async () => {
    const door = await open({ bodyIdleMs: 300 });
    const started = performance.now();
    const text = await rawExchange(door.port, `POST /events HTTP/1.1\r\n${JSON_HEADERS}Content-Length: 100\r\n\r\n{`);
    expect(text).toMatch(/^HTTP\/1\.1 408 [\s\S]*no progress/);
    expect(performance.now() - started).toBeGreaterThanOrEqual(300);

    const body = JSON.stringify(anEvent());
    const status = await new Promise((resolve, reject) => {
      const options = {
        port: door.port,
        method: "POST",
        path: "/events",
        headers: { "content-type": "application/json", "content-length": body.length },
      };
      const request = httpRequest(options, (response) => resolve(response.resume().statusCode));
      request.on("error", reject);
      let sent = 0;
      const timer = setInterval(() => {
        request.write(body.slice(sent, sent + 20));
        sent += 20;
        if (sent >= body.length) clearInterval(timer);
      }, 100);
    });
    expect(status).toBe(200);
    expect(door.refused.refused_stalled).toBe(1);
  });

  test("answers a truncated body with 400 where somebody still listens", async () => {
    const door = await open();
    const text = await rawExchange(
      door.port,
      `POST /events HTTP/1.1\r\n${JSON_HEADERS}Content-Length: 100\r\n\r\n{"a"`,
      { end: true },
    );
    expect(text).toMatch(/^HTTP\/1\.1 400 [\s\S]*ended before/);
    expect(door.refused.refused_truncated).toBe(1);
    expect(door.published).toEqual([]);
  });

  test("goes on when a client is gone in the middle of a body, or before its answer", async () => {
    const pending: (() => void)[] = [];
    const door = await open({ publish: (_, done) => void pending.push(done) });
    const body = JSON.stringify(anEvent());
    const head = `POST /events HTTP/1.1\r\n${JSON_HEADERS}Content-Length: ${body.length}\r\n\r\n`;
    const cut = connect(door.port, "127.0.0.1", () => cut.write(`${head}{"event_id"`, () => cut.resetAndDestroy()));
    await expect.poll(() => door.refused.refused_truncated).toBe(1);
    const impatient = connect(door.port, "127.0.0.1", () => impatient.write(head + body));
    await expect.poll(() => pending.length).toBe(1);
    impatient.resetAndDestroy();
    await new Promise((resolve) => impatient.on("close", resolve));
    for (const done of pending.splice(0)) done();
    const next = door.post(body);
    await expect.poll(() => pending.length).toBe(1);
    for (const done of pending) done();
    expect((await next).status).toBe(200);
    expect(door.counters.accepted).toBe(2);
  });

  test("answers a client that closes its sending side after the request", async () => {
    const door = await open();
    const body = JSON.stringify(anEvent());
    const text = await rawExchange(
      door.port,
      `POST /events HTTP/1.1\r\n${JSON_HEADERS}Content-Length: ${body.length}\r\n\r\n${body}`,
      { end: true },
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("answers pipelined requests in order, and what isn't HTTP after them last", async () => {
    const door = await open();
    const body = JSON.stringify(anEvent());
    const good = `POST /events HTTP/1.1\r\n${JSON_HEADERS}Content-Length: ${body.length}\r\n\r\n${body}`;
    const bad = `POST /events HTTP/1.1\r\n${JSON_HEADERS}Content-Length: 1\r\n\r\n5`;
    const text = await rawExchange(door.port, `${good + bad + good}\u0000\u0001 nonsense\r\n\r\n`);
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual(["200", "400", "200"]);
    expect(door.published).toHaveLength(2);
  });

  test("says in one sentence what is wrong with what isn't a request", async () => {
    const door = await open();
    expect(await rawExchange(door.port, "\u0016\u0003\u0001 hello\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*isn't an HTTP request/,
    );
    expect(await rawExchange(door.port, `GET / HTTP/1.1\r\nX: ${"y".repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });
});

describe("stopping", () => {
  test("answers what it has taken, and 503 to everything after", async () => {
    const pending: (() => void)[] = [];
    const door = await open({ publish: (_, done) => void pending.push(done) });
    const first = door.post(JSON.stringify(anEvent()));
    await expect.poll(() => pending.length).toBe(1);
    door.door.refuseEvents();
    const second = await door.post(JSON.stringify(anEvent()));
    expect([second.status, second.text]).toEqual([503, expect.stringContaining("stopping")]);
    expect(await door.door.allAnswered(10)).toBe(1);
    for (const done of pending) done();
    expect((await first).status).toBe(200);
    expect(await door.door.allAnswered(1000)).toBe(0);
  });
});

import fastify from "fastify";
import { expect, test } from "vitest";
import { ApiFault } from "./api-fault.ts";
import { addRoutes, type Handlers } from "./route-table.ts";

async function served(handlers: Handlers) {
  const app = fastify();
  addRoutes(app, handlers, { nameOf: () => "ann", rename: (_request, reply, name) => reply.header("x-name", name) });
  app.setErrorHandler((error, _request, reply) =>
    error instanceof ApiFault ? reply.code(error.status).send({ error: error.message, ...error.place }) : undefined,
  );
  await app.ready();
  return app;
}

test("a handler gets decoded parameters, what the query means, and who asks", async () => {
  const seen: unknown[] = [];
  const app = await served({
    "GET /alarms/:id/events": ({ params, query, user, signal }) => {
      seen.push(params.id, query, user, signal.aborted);
      return { events: [], total: 0 };
    },
  });
  const answer = await app.inject("/alarms/a%2Fb/events?limit=20&other=1");
  expect([answer.statusCode, answer.json()]).toEqual([200, { events: [], total: 0 }]);
  expect(seen).toEqual(["a/b", { limit: 20 }, "ann", false]);
});

test("what the contract doesn't know is refused, and the field is named", async () => {
  const app = await served({
    "GET /alarms/:id/events": () => ({ events: [], total: 0 }),
    "PUT /session/user": ({ body, client }) => {
      client.rename(body.name);
      return { ok: true };
    },
  });
  const query = await app.inject("/alarms/a/events?limit=many");
  expect([query.statusCode, query.json()]).toEqual([
    400,
    { error: expect.stringMatching(/^limit in the query /), field: "limit" },
  ]);
  const put = (payload: object) => app.inject({ method: "PUT", url: "/session/user", payload });
  expect((await put({ name: "  " })).json()).toMatchObject({ field: "name" });
  expect((await put([])).json()).toMatchObject({ error: expect.stringMatching(/^The body can't be taken: /) });
  expect((await put({ name: " bob " })).headers["x-name"]).toBe("bob");
});

test("a stream comes in pieces, under a name, and ends when nobody reads it", async () => {
  let taken = 0;
  let closed = false;
  const app = await served({
    "GET /alarms/export": ({ query }) => ({
      contentType: "text/csv",
      fileName: 'a"b.csv',
      content: (async function* () {
        try {
          for (; query.format === "json" || taken < 3; taken++) yield "x".repeat(100_000);
        } finally {
          closed = true;
        }
      })(),
    }),
  });
  const whole = await app.inject("/alarms/export?format=csv");
  expect([whole.body.length, whole.headers["content-type"], whole.headers["content-disposition"]]).toEqual([
    300_000,
    "text/csv",
    'attachment; filename="a_b.csv"',
  ]);
  closed = false;
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const stop = new AbortController();
  const endless = await fetch(`${url}/alarms/export?format=json`, { signal: stop.signal });
  await endless.body?.getReader().read();
  stop.abort();
  await expect.poll(() => closed).toBe(true);
  await app.close();
});

test("a client that goes away aborts what it asked for", async () => {
  const aborted = Promise.withResolvers<boolean>();
  const asked = Promise.withResolvers<void>();
  const app = await served({
    "GET /alarms/counts": ({ signal }) => {
      signal.addEventListener("abort", () => aborted.resolve(true));
      asked.resolve();
      return new Promise(() => undefined);
    },
  });
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const stop = new AbortController();
  const asking = fetch(`${url}/alarms/counts`, { signal: stop.signal }).catch(() => undefined);
  await asked.promise;
  stop.abort();
  await asking;
  expect(await aborted.promise).toBe(true);
  await app.close();
});

import Fastify from "fastify";
import { expect, it } from "vitest";
import { ManualClock } from "../base/clock.ts";
import { BusyError } from "../base/errors.ts";
import { silentLogger } from "../base/log.ts";
import { OwnNames } from "../base/own-names.ts";
import { addApi } from "./api.ts";
import { Gate } from "./gate.ts";

it("has whoever asks while there is too much to do come back later, with a sentence", async () => {
  const app = Fastify();
  await addApi(app, {
    gate: new Gate(new OwnNames("127.0.0.1"), "t"),
    log: silentLogger(new ManualClock()),
    users: { nameOf: () => "", rename: () => undefined },
    handlers: [
      {
        "GET /events": () => {
          throw new BusyError("16 searches are under way already; try again in a moment", 2);
        },
      },
    ],
  });
  const answer = await app.inject({ url: "/api/events", headers: { authorization: "Bearer t" } });
  expect([answer.statusCode, answer.headers["retry-after"], answer.json()]).toEqual([
    ...[503, "2"],
    { error: "16 searches are under way already; try again in a moment." },
  ]);
  await app.close();
});

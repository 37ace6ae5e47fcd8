import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { CallingWorker } from "./worker-calls.ts";

type Echo = { echo: (text: string) => string };

function worker(body: string): CallingWorker<Echo> {
  return new CallingWorker<Echo>(
    new Worker(`const { parentPort } = require("node:worker_threads"); ${body}`, { eval: true }),
  );
}

it("a thread that dies fails the calls that wait and those that come, with what to do", async () => {
  const calling = worker(`parentPort.on("message", () => { throw new Error("bad luck"); });`);
  const defects: string[] = [];
  calling.onDefect = ({ message }) => defects.push(message);
  const said = "the console's database failed (echo): its thread ended, bad luck; restart the frontend";
  await expect(calling.call("echo", "x")).rejects.toThrow(said);
  await expect(calling.call("echo", "x")).rejects.toThrow(said);
  expect(defects).toEqual(["its thread ended, bad luck; restart the frontend"]);
});

it("one that is closed is no defect", async () => {
  const calling = worker(`parentPort.on("message", () => {});`);
  calling.onDefect = (error) => {
    throw error;
  };
  const waiting = expect(calling.call("echo", "x")).rejects.toThrow("it was closed");
  await calling.terminate();
  await waiting;
});

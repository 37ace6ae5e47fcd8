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
  const said = "the console's database failed (echo): its thread ended, bad luck; try again in a moment";
  await expect(calling.call("echo", "x")).rejects.toThrow(said);
  await expect(calling.call("echo", "x")).rejects.toThrow(said);
  expect(defects).toEqual(["its thread ended, bad luck; try again in a moment"]);
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

it("one that ends by itself is a defect, though it says nothing", async () => {
  const calling = worker(`parentPort.on("message", () => process.exit(0));`);
  const defects: string[] = [];
  calling.onDefect = ({ message }) => defects.push(message);
  await expect(calling.call("echo", "x")).rejects.toThrow("its thread ended by itself; try again in a moment");
  await expect(calling.call("echo", "x")).rejects.toThrow("its thread ended by itself");
  expect(defects).toEqual(["its thread ended by itself; try again in a moment"]);
});

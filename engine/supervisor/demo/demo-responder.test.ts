import { afterAll, beforeAll, expect, test } from "vitest";
import { readNesd } from "../../enrich/nesd.ts";
import { readWise } from "../../enrich/wise.ts";
import { type DemoResponder, startDemoResponder } from "./demo-responder.ts";

let responder: DemoResponder;
beforeAll(async () => {
  responder = await startDemoResponder();
});
afterAll(() => responder.close());

async function get(path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${responder.port}${path}`);
  return { status: response.status, text: await response.text() };
}

test("answers as Wise does", async () => {
  expect(readWise((await get("/wise/ip/203.0.113.66")).text)).toEqual([
    "demo.list: SSH brute force sources",
    "demo.reputation: brute force, seen on 57 days",
  ]);
  for (const unknown of ["10.0.0.1", "::1", "%", "__proto__"]) {
    expect(readWise((await get(`/wise/ip/${unknown}`)).text)).toEqual([]);
  }
});

test("answers as Nesd does", async () => {
  const { text } = await get("/nesd/?ip=10.20.10.21&port=443");
  expect(readNesd(text, false)).toEqual(["Critical - Apache Log4j remote code execution (CVE-2021-44228)"]);
  expect(await get("/nesd/?ip=10.20.10.21&port=1")).toEqual({ status: 418, text: "no vulnerability found\n" });
});

test("knows nothing else", async () => {
  expect((await get("/")).status).toBe(404);
});

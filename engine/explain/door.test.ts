import { expect, it } from "vitest";
import { Inventory } from "../inventory/inventory.ts";
import { explainDoor } from "./door.ts";

const INVENTORY = new Inventory([
  { name: "lan", cidr: "10.0.0.0/8", value: 2 },
  { name: "scanners", cidr: "10.9.0.0/24", value: 1, whitelisted: true },
]);
const EVENT = {
  ...{ event_id: "e1", timestamp: "2026-11-23T14:05:19Z", sensor: "s", title: "Login failed" },
  ...{ src_ip: "10.0.0.1", dst_ip: "10.0.0.2", plugin_id: 1512, plugin_sid: 4625 },
};

const said = (raw: unknown, options = {}): string => {
  const door = explainDoor(raw, INVENTORY, options);
  return door.kind === "passes" ? "passes" : door.sentence;
};

it("lets an event in, as a value and as bytes", () => {
  expect(said(EVENT)).toBe("passes");
  expect(said(Buffer.from(JSON.stringify(EVENT)))).toBe("passes");
});

it("says with which status the door refuses an event, and why", () => {
  expect(explainDoor({ ...EVENT, src_ip: "10.0.0.256" }, INVENTORY)).toEqual({
    ...{ kind: "refused", status: 400, field: "src_ip" },
    sentence: 'The door refuses the event with 400: src_ip "10.0.0.256" is not an IPv4 or IPv6 address.',
  });
  expect(explainDoor({ ...EVENT, title: "" }, INVENTORY)).toMatchObject({ status: 418, field: "title" });
  expect(said({ ...EVENT, plugin_sid: 0 })).toContain("with 418");
  expect(said(Buffer.from("{"))).toContain("with 400: the body isn't JSON at line 1, column 2:");
  expect(said(Buffer.from([0x7b, 0xff]))).toContain("isn't UTF-8");
  expect(said(JSON.parse(`${"[".repeat(70)}${"]".repeat(70)}`))).toContain("with 400");
  expect(said({ ...EVENT, title: "x".repeat(2_000) }, { maxEventBytes: 1_000 })).toContain("and the bus takes 1000.");
  expect(said(EVENT, { overRate: 1000 })).toContain("its limit of 1000 per second");
  expect(said(undefined)).toContain("with 400");
});

it("names the network of a whitelisted source", () => {
  expect(explainDoor({ ...EVENT, src_ip: "10.9.0.7" }, INVENTORY)).toMatchObject({
    ...{ kind: "whitelisted", network: "10.9.0.0/24" },
  });
  expect(said({ ...EVENT, dst_ip: "10.9.0.7" })).toBe("passes");
});

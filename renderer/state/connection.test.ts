import { describe, expect, it } from "vitest";
import { type ConnectionState, pillOf } from "./connection.ts";

const open: ConnectionState = {
  status: { kind: "open", since: 1, heardAt: 2 },
  everOpen: true,
  supervisor: undefined,
  health: undefined,
};
const service = (name: string, state: "ready" | "failed" | "starting") => ({
  ...{ name, role: "backend" as const, node: name, state, restarts: 0, lastLines: [] },
});

describe("the connection's pill", () => {
  it("is live while everything runs", () => {
    expect(pillOf({ ...open, supervisor: { supervised: true, services: [service("be-0", "ready")] } })).toEqual({
      kind: "live",
    });
  });
  it("tells a lost connection from a first one", () => {
    expect(pillOf({ ...open, everOpen: false, status: { kind: "connecting", since: 1 } })).toEqual({
      kind: "connecting",
    });
    expect(pillOf({ ...open, status: { kind: "connecting", since: 1 } })).toMatchObject({
      kind: "no-contact",
      since: 1,
    });
    expect(pillOf({ ...open, status: { kind: "lost", since: 5, retryAt: 9 } })).toEqual({
      ...{ kind: "no-contact", since: 5, retryAt: 9 },
    });
  });
  it("names a backend that gave up before one that only starts", () => {
    const services = [service("be-0", "starting"), service("be-1", "failed")];
    expect(pillOf({ ...open, supervisor: { supervised: true, services } })).toEqual({
      kind: "backend-down",
      names: ["be-1"],
    });
  });
});

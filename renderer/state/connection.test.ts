import { describe, expect, it } from "vitest";
import { type ConnectionState, downNames, downServices, pillOf } from "./connection.ts";

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
  it("names a backend that runs and says nothing, but not one that is still starting", () => {
    const bus = { kind: "link", state: "connected", detail: "", buffered: 0 } as const;
    const watchdog = {
      ...{ eps: 0, queue_length: 0, avg_proc_time_ms: 0, directives_ttl: 0, directives_active: 0 },
      ...{ events_rcvd: 0, events_matched: 0, backlogs: 0, backlogs_timedout: 0 },
    };
    const silent = { role: "backend", boot: "b", startedAt: 0, bus, eps: 0, watchdog, ageSeconds: 10.1 } as const;
    const health = { at: 0, bus, services: ["be-0", "be-1"].map((node) => ({ ...silent, node })) };
    const services = [service("be-0", "starting"), service("be-1", "ready")];
    const justHeard = { ...health, services: health.services.map((each) => ({ ...each, ageSeconds: 9.9 })) };
    expect(downNames({ health: justHeard, supervisor: undefined })).toEqual([]);
    expect(downServices({ health, supervisor: { supervised: true, services } })).toEqual([
      { name: "be-1", supervised: services[1] },
    ]);
    expect(downServices({ health, supervisor: undefined })).toEqual([
      { name: "be-0", supervised: undefined },
      { name: "be-1", supervised: undefined },
    ]);
    expect(pillOf({ ...open, health, supervisor: { supervised: true, services } })).toEqual({
      kind: "backend-down",
      names: ["be-1"],
    });
  });
});

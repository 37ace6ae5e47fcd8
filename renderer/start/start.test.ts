import { expect, test } from "vitest";
import scenario from "../../assets/demo/scenario.json" with { type: "json" };
import type { Profile } from "../../engine/contract/console/session.ts";
import type { SupervisorState } from "../../engine/contract/console/supervisor.ts";
import { DEMO_SCENES, sceneTime } from "./demo-scenes.ts";
import { failedService, failureOf, isStarted, type Sight, startSteps } from "./progress.ts";

const profile: Profile = { name: "demo", kind: "demo", folder: "/x", nodes: ["be-0"], editable: true };
type State = SupervisorState["services"][number]["state"];
function supervisor(frontend: State, ...backends: State[]): SupervisorState {
  const service = { restarts: 0, lastLines: [] };
  return {
    supervised: true,
    services: [
      { ...service, name: "frontend", role: "frontend", node: "fe-0", state: frontend },
      ...backends.map((state, index) => ({
        ...service,
        name: `backend be-${index}`,
        role: "backend" as const,
        node: `be-${index}`,
        state,
      })),
    ],
  };
}
const sight = (more: Partial<Sight>): Sight => ({ wanted: "demo", session: undefined, supervisor: undefined, ...more });
const states = (seen: Sight): string =>
  startSteps(seen)
    .map(({ key, state }) => `${key} ${state}`)
    .join(", ");

test("steps follow each other: one is under way, what comes after it waits", () => {
  expect(states(sight({ wanted: undefined }))).toBe("profile now, frontend later, backend later");
  expect(states(sight({}))).toBe("profile done, frontend now, backend later");
  const session = { profile, firstRun: false };
  expect(states(sight({ session }))).toBe("profile done, frontend done, backend now");
  expect(states(sight({ session, supervisor: supervisor("ready", "ready", "starting") }))).toBe(
    "profile done, frontend done, backend be-0 done, backend be-1 now",
  );
});

test("the frontend of before doesn't count: it knows another profile", () => {
  const before = { profile: { ...profile, name: "north-soc" }, firstRun: false };
  const seen = sight({ session: before, supervisor: supervisor("ready", "ready") });
  expect(states(seen)).toBe("profile done, frontend now, backend later");
  expect(isStarted(seen)).toBe(false);
});

test("the console is there once every service is ready", () => {
  const session = { profile, firstRun: false };
  expect(isStarted(sight({ session, supervisor: supervisor("ready", "starting") }))).toBe(false);
  expect(isStarted(sight({ session, supervisor: supervisor("ready", "ready") }))).toBe(true);
  expect(isStarted(sight({ session, supervisor: { supervised: false, services: [] } }))).toBe(true);
});

test("a service that gave up is a step that failed", () => {
  const seen = sight({ session: { profile, firstRun: false }, supervisor: supervisor("ready", "failed", "ready") });
  expect(states(seen)).toBe("profile done, frontend done, backend be-0 failed, backend be-1 done");
  expect(failedService(seen)?.name).toBe("backend be-0");
  expect(isStarted(seen)).toBe(false);
});

test("what is told of the demo is what it plays", () => {
  expect(DEMO_SCENES.map(({ name, at }) => ({ name, at }))).toEqual(
    scenario.scenes.map(({ name, at }) => ({ name, at })),
  );
  expect([0.4, 5, 46, 61].map(sceneTime)).toEqual(["0:01", "0:05", "0:46", "1:01"]);
});

test("a profile that couldn't be started says why, and only to those who asked for it", () => {
  const supervisor = { supervised: true, services: [], failedChange: { profile: "lab", reason: "it is newer", at: 1 } };
  const session = { firstRun: true };
  expect(failureOf({ wanted: "lab", session, supervisor })).toBe(
    "lab couldn't be started: it is newer. The console is where it was before.",
  );
  expect(failureOf({ wanted: "other", session, supervisor })).toBeUndefined();
  expect(failureOf({ wanted: "lab", session, supervisor: { supervised: true, services: [] } })).toBeUndefined();
});

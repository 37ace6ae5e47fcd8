import { expect, test } from "vitest";
import type { ProviderRow } from "../../engine/contract/console/directives.ts";
import type { SupervisedServiceState } from "../../engine/contract/console/supervisor.ts";
import type { HealthAnswer, LossesAnswer } from "../../engine/contract/console-api.ts";
import { LOSSES } from "../../engine/contract/loss.ts";
import { balanceOf, CAUSES, isLossCause, ledgerRows, logShare } from "./ledger.ts";
import { healthSentence, providerLevel, serviceCards } from "./services.ts";

const told = { boot: "a", ageSeconds: 1 };
const sample = (at: number, text: string) => ({ at, text });
const losses: Pick<LossesAnswer, "services"> = {
  services: [
    {
      ...{ ...told, role: "frontend", node: "fe-0" },
      flow: { requests: 100, refused: 7, accepted: 900, dropped: 2 },
      ledger: { refused_malformed: { count: 7, lastAt: 50, samples: [sample(50, "not JSON")] } },
    },
    {
      ...{ ...told, role: "backend", node: "be-0" },
      flow: { received: 500, correlated: 300, skipped: 190, dropped: 10, waiting: 0 },
      ledger: {
        whitelisted: { count: 190, lastAt: 90, samples: [] },
        queue_full: { count: 10, lastAt: 70, samples: [sample(70, "older"), sample(75, "newer")] },
      },
    },
    {
      ...{ ...told, role: "backend", node: "be-1" },
      flow: { received: 400, correlated: 395, skipped: 0, dropped: 1, waiting: 3 },
      ledger: { queue_full: { count: 1, lastAt: 80, samples: [sample(80, "newest")] } },
    },
  ],
};

test("the ledger has every cause of the contract in its class, also those that never happened", () => {
  const classes = Object.fromEntries(Object.entries(LOSSES).map(([cause, loss]) => [cause, loss.class]));
  expect(Object.fromEntries(Object.entries(CAUSES).map(([cause, each]) => [cause, each.class]))).toEqual(classes);
  const rows = ledgerRows(losses);
  expect(rows).toHaveLength(Object.keys(LOSSES).length);
  expect(rows.slice(0, 3).map(({ cause, count, where, lastAt }) => [cause, count, where, lastAt])).toEqual([
    ["queue_full", 11, ["be-0", "be-1"], 80],
    ["refused_malformed", 7, ["fe-0"], 50],
    ["whitelisted", 190, ["be-0"], 90],
  ]);
  expect(rows[0]?.samples.map(({ node, text }) => `${node} ${text}`)).toEqual([
    "be-1 newest",
    "be-0 newer",
    "be-0 older",
  ]);
  expect(rows.slice(3).every(({ count, lastAt }) => count === 0 && lastAt === undefined)).toBe(true);
});

test("only names of causes are causes", () => {
  expect(isLossCause("queue_full")).toBe(true);
  expect(isLossCause("toString")).toBe(false);
});

test("the balance adds up over the backends, and says by how much where it doesn't", () => {
  expect(balanceOf(losses)).toEqual({
    ...{ received: 900, correlated: 695, skipped: 190, dropped: 11, waiting: 3 },
    ...{ difference: 1, refused: 7, lostInFrontend: 2 },
  });
});

test("bars grow by powers of ten", () => {
  expect(logShare(0, 1000)).toBe(0);
  expect(logShare(999, 999)).toBe(1);
  expect(logShare(99, 9999)).toBeCloseTo(0.5);
});

const bus = { kind: "link" as const, state: "connected" as const, detail: "", buffered: 0 };
const health: HealthAnswer = {
  at: 0,
  bus,
  services: [{ ...told, role: "frontend", node: "fe-0", startedAt: 5, eps: 1, bus }],
};
const supervised = (node: string, state: SupervisedServiceState["state"]): SupervisedServiceState => ({
  ...{ name: `backend ${node}`, role: "backend", node, state, restarts: 0, lastLines: [] },
});

test("what the supervisor knows and what services say becomes one card each, frontends first", () => {
  const cards = serviceCards(health, {
    supervised: true,
    services: [supervised("be-1", "failed"), supervised("be-0", "starting")],
  });
  expect(cards.map(({ name, level, state }) => [name, level, state])).toEqual([
    ["fe-0", "ok", "up"],
    ["be-0", "warn", "starting"],
    ["be-1", "bad", "failed"],
  ]);
  expect(healthSentence(cards, bus, undefined, [])).toBe("backend be-1 has failed, backend be-0 is starting");
});

test("without a supervisor silence tells", () => {
  const silent: HealthAnswer = { ...health, services: health.services.map((each) => ({ ...each, ageSeconds: 48 })) };
  const cards = serviceCards(silent, { supervised: false, services: [] });
  expect(healthSentence(cards, bus, undefined, [])).toBe("frontend fe-0 is silent for 48 s, everything else is up");
  expect(healthSentence(serviceCards(undefined, undefined), undefined, undefined, [])).toBe("no service was heard yet");
});

test("a provider fails when more than a twentieth of its look-ups do", () => {
  const row: ProviderRow = {
    ...{ kind: "intel", name: "Wise", plugin: "Wise", url: "", enabled: true, file: "", lookups: 100, cacheHits: 0 },
    errors: 5,
  };
  expect(providerLevel(row)).toBe("ok");
  expect(providerLevel({ ...row, errors: 6 })).toBe("bad");
  expect(providerLevel({ ...row, enabled: false })).toBe("off");
  expect(
    healthSentence(serviceCards(health, undefined), { ...bus, state: "disconnected" }, "it died", [
      { ...row, errors: 6 },
    ]),
  ).toBe("the console's database is down, the bus is disconnected, provider Wise is failing");
});

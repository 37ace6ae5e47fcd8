import type { ProviderRow } from "../../engine/contract/console/directives.ts";
import type { SupervisedServiceState, SupervisorState } from "../../engine/contract/console/supervisor.ts";
import type { HealthAnswer } from "../../engine/contract/console-api.ts";
import { SILENT_SECONDS } from "../state/silence.ts";

/* Services as cards: what their supervisor knows joined with what they say themselves. */

type Told = HealthAnswer["services"][number];
export interface ServiceCard {
  key: string;
  /** Its node. */
  name: string;
  role: "frontend" | "backend";
  level: "ok" | "warn" | "bad";
  /** `up`, `starting`, `failed`, `silent for 48 s`. */
  state: string;
  startedAt: number | undefined;
  told: Told | undefined;
  /** What restarts it; missing where no supervisor of ours runs it. */
  supervised: SupervisedServiceState | undefined;
}

export function serviceCards(health: HealthAnswer | undefined, supervisor: SupervisorState | undefined): ServiceCard[] {
  const told = health?.services ?? [];
  const supervised = supervisor?.supervised === true ? supervisor.services : [];
  const same = (a: { role: string; node: string }, b: { role: string; node: string }): boolean =>
    a.role === b.role && a.node === b.node;
  const cards = supervised.map((service) =>
    cardOf(
      service,
      told.find((each) => same(each, service)),
    ),
  );
  const others = told.filter((each) => !supervised.some((service) => same(each, service)));
  return [...cards, ...others.map((each) => cardOf(undefined, each))].sort(
    (a, b) => Number(a.role === "backend") - Number(b.role === "backend") || a.name.localeCompare(b.name),
  );
}

function cardOf(supervised: SupervisedServiceState | undefined, told: Told | undefined): ServiceCard {
  const { role = "backend", node: name = "" } = supervised ?? told ?? {};
  const startedAt = told?.startedAt ?? supervised?.startedAt;
  return { key: `${role} ${name}`, name, role, ...stateOf(supervised, told), startedAt, told, supervised };
}

function stateOf(
  supervised: SupervisedServiceState | undefined,
  told: Told | undefined,
): Pick<ServiceCard, "level" | "state"> {
  switch (supervised?.state) {
    case "failed":
      return { level: "bad", state: "failed" };
    case "stopped":
      return { level: "bad", state: "stopped" };
    case "starting":
    case "stopping":
    case "waiting":
      return { level: "warn", state: supervised.state === "waiting" ? "waiting to start again" : supervised.state };
    default:
  }
  if (told === undefined) return { level: "warn", state: "not heard yet" };
  if (told.ageSeconds > SILENT_SECONDS) return { level: "bad", state: `silent for ${Math.round(told.ageSeconds)} s` };
  return { level: "ok", state: "up" };
}

/** A provider fails when more than one look-up in twenty does. */
const FAILING_SHARE = 0.05;
export function providerLevel({ enabled, problem, lookups, errors }: ProviderRow): "ok" | "warn" | "bad" | "off" {
  if (problem !== undefined) return "warn";
  if (!enabled) return "off";
  return errors > 0 && errors / Math.max(1, lookups) > FAILING_SHARE ? "bad" : "ok";
}

/** The state of everything in half a sentence, the worst first. */
export function healthSentence(
  cards: readonly ServiceCard[],
  bus: HealthAnswer["bus"] | undefined,
  database: string | undefined,
  providers: readonly ProviderRow[],
): string {
  const troubles = [
    ...cards
      .filter(({ level }) => level === "bad")
      .map(({ role, name, state }) => `${role} ${name} ${state.startsWith("silent") ? "is " : "has "}${state}`),
    ...(database === undefined ? [] : ["the console's database is down"]),
    ...(bus === undefined || bus.state === "connected" ? [] : [`the bus is ${bus.state}`]),
    ...cards.filter(({ level }) => level === "warn").map(({ role, name, state }) => `${role} ${name} is ${state}`),
    ...providers.filter((row) => providerLevel(row) === "bad").map(({ name }) => `provider ${name} is failing`),
  ];
  if (cards.length === 0) return "no service was heard yet";
  return troubles.length === 0
    ? "everything is up"
    : `${troubles.join(", ")}${troubles.length === 1 ? ", everything else is up" : ""}`;
}

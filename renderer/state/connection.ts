import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { SupervisedServiceState, SupervisorState } from "../../engine/contract/console/supervisor.ts";
import type { HealthAnswer } from "../../engine/contract/console-api.ts";
import { SILENT_SECONDS } from "./silence.ts";

/** The live connection, as the client tells it; restated here because stores know no client. */
export type ConnectionStatus =
  | { kind: "connecting"; since: number }
  | { kind: "open"; since: number; heardAt: number }
  | { kind: "lost"; since: number; retryAt: number };

export interface ConnectionState {
  status: ConnectionStatus;
  /** What was heard before; a first connection isn't a loss. */
  everOpen: boolean;
  supervisor: SupervisorState | undefined;
  health: HealthAnswer | undefined;
}

export const connectionStore = createStore<ConnectionState>(() => ({
  status: { kind: "connecting", since: 0 },
  everOpen: false,
  supervisor: undefined,
  health: undefined,
}));
export function useConnection<T>(pick: (state: ConnectionState) => T): T {
  return useStore(connectionStore, pick);
}

/** What the pill in the top bar says, the worst first. */
export type Pill =
  | { kind: "connecting" }
  | { kind: "no-contact"; since: number; retryAt: number | undefined }
  /** A backend doesn't run, or isn't heard: alarms stay, new ones don't come. */
  | { kind: "backend-down"; names: string[] }
  | { kind: "catching-up"; names: string[] }
  | { kind: "live" };

/** What is being stopped while the page is told so is being restarted. */
const STARTING: ReadonlySet<string> = new Set(["starting", "waiting", "stopping"]);

export function pillOf(state: ConnectionState): Pill {
  const { status } = state;
  if (status.kind === "lost") return { kind: "no-contact", since: status.since, retryAt: status.retryAt };
  if (status.kind === "connecting") {
    return state.everOpen ? { kind: "no-contact", since: status.since, retryAt: undefined } : { kind: "connecting" };
  }
  const down = downNames(state);
  if (down.length > 0) return { kind: "backend-down", names: down };
  const starting = (state.supervisor?.services ?? [])
    .filter((service) => STARTING.has(service.state))
    .map((service) => service.name);
  return starting.length > 0 ? { kind: "catching-up", names: starting } : { kind: "live" };
}

/** A service that doesn't do its work. */
export interface DownService {
  name: string;
  /** What its supervisor knows of it, and can restart; missing where none of ours runs it. */
  supervised: SupervisedServiceState | undefined;
}

type Known = Pick<ConnectionState, "supervisor" | "health">;

/** Services that don't do their work: stopped or given up, as their supervisor has it, or silent, as the bus has it. */
export function downServices({ supervisor, health }: Known): DownService[] {
  const known = supervisor?.supervised ? supervisor.services : [];
  const down = known.filter((service) => service.state === "failed" || service.state === "stopped");
  // A process that hangs runs, as its supervisor sees it. One that is being started is silent for a good reason.
  const silent = (health?.services ?? [])
    .filter((service) => service.role === "backend" && service.ageSeconds > SILENT_SECONDS)
    .map(({ node }) => ({ node, supervised: known.find((service) => service.node === node) }))
    .filter(({ supervised }) => supervised === undefined || supervised.state === "ready")
    .map(({ node, supervised }) => ({ name: supervised?.name ?? node, supervised }));
  return [...down.map((service) => ({ name: service.name, supervised: service })), ...silent];
}

export function downNames(known: Known): string[] {
  return downServices(known).map(({ name }) => name);
}

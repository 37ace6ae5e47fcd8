import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { Session, Settings } from "../../engine/contract/console/session.ts";

/** Where the page is with its server: asked, refused, unreachable, or served. */
export type SessionState =
  | { kind: "loading" }
  | { kind: "logged-out" }
  | { kind: "failed"; error: string }
  | { kind: "ready"; session: Session };

export const sessionStore = createStore<SessionState>(() => ({ kind: "loading" }));

/** The session while the page is served; screens are shown only then. */
export function useSession(): Session {
  const session = useStore(sessionStore, (state) => (state.kind === "ready" ? state.session : undefined));
  if (session === undefined) throw new Error("A screen was shown before the session was there.");
  return session;
}
export function useSessionState(): SessionState {
  return useStore(sessionStore);
}

/** The status that counts as done: the last configured. */
export function closedStatus(session: Session): string {
  return session.statuses.at(-1) ?? "Closed";
}
/** The status that counts as taken: the second configured, where there is one between the first and the last. */
export function takenStatus(session: Session): string | undefined {
  return session.statuses.length > 2 ? session.statuses[1] : undefined;
}

/** The contract's DEFAULT_SETTINGS: what holds until the server's are there. */
const AT_FIRST: Settings = {
  theme: "system",
  density: "compact",
  timeZone: "",
  times: "relative",
  shortcuts: {},
  notifications: { enabled: true, minRisk: 7, mutedDirectives: [] },
  retention: { alarmDays: 365, maxMegabytes: 4096, events: 200_000 },
  updates: { check: true },
  logSearch: { alarm: "", event: "", address: "" },
};
export const settingsStore = createStore<Settings>(() => AT_FIRST);
export function useSettings(): Settings {
  return useStore(settingsStore);
}

import { api, onLoggedOut } from "../client/api.ts";
import { ApiError } from "../client/api-error.ts";
import { live } from "../client/live.ts";
import { connectionStore } from "../state/connection.ts";
import { sessionStore, settingsStore } from "../state/session.ts";

const RETRY_MS = 3_000;

/** Joins the client to the stores: session and settings once, the frame's live topics for as long as the page lives. */
export function connect(): void {
  onLoggedOut(() => {
    live.stop();
    sessionStore.setState({ kind: "logged-out" }, true);
  });
  live.onStatus((status) => {
    const { everOpen } = connectionStore.getState();
    connectionStore.setState({ status, everOpen: everOpen || status.kind === "open" });
  });
  void loadSession();
}

/** Asks who we are until somebody answers: the services may still be starting. */
async function loadSession(): Promise<void> {
  try {
    const [session, settings] = await Promise.all([api.get("GET /session"), api.get("GET /settings")]);
    settingsStore.setState(settings, true);
    sessionStore.setState({ kind: "ready", session }, true);
    follow();
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return;
    const text = error instanceof Error ? error.message : String(error);
    sessionStore.setState({ kind: "failed", error: text }, true);
    setTimeout(() => void loadSession(), RETRY_MS);
  }
}

let following = false;
function follow(): void {
  if (following) return;
  following = true;
  const health = (data: NonNullable<ReturnType<typeof connectionStore.getState>["health"]>) =>
    connectionStore.setState({ health: data });
  live.subscribe("stats", {}, { snapshot: health, delta: health });
  const supervisor = (data: NonNullable<ReturnType<typeof connectionStore.getState>["supervisor"]>) =>
    connectionStore.setState({ supervisor: data });
  live.subscribe("supervisor", {}, { snapshot: supervisor, delta: supervisor });
}

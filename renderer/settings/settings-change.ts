import type { Settings } from "../../engine/contract/console/session.ts";
import { api } from "../client/api.ts";
import { settingsStore } from "../state/session.ts";
import { showToast } from "../ui/toast.tsx";

/** Takes a setting over at once and keeps it on the server; one that isn't kept is taken back, and said. */
export async function changeSettings(change: Partial<Settings>): Promise<void> {
  const before = settingsStore.getState();
  settingsStore.setState(change);
  try {
    settingsStore.setState(await api.patch("PATCH /settings", { body: change }), true);
  } catch (error) {
    settingsStore.setState(before, true);
    showToast({
      level: "bad",
      text: `The setting isn't kept: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

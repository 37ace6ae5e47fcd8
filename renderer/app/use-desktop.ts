import { useEffect } from "react";
import { live } from "../client/live.ts";
import { openedEventsFile } from "../client/opened-file.ts";
import { desktop } from "../client/place.ts";
import { waitingFileStore } from "../state/opened-file.ts";
import { goTo } from "../ui/hash-location.ts";
import { eventsRoute } from "../ui/links.ts";
import { SHORTCUTS } from "../ui/shortcut-keys.ts";
import { useRunAction } from "../ui/shortcuts.tsx";

/** Hears what the desktop tells its window: links, opened files, its menu, services that were started anew. */
export function useDesktopNews(): void {
  const runAction = useRunAction();
  useEffect(() => {
    const api = desktop();
    if (api === undefined) return;
    const stops = [
      api.on("open", ({ route }) => goTo(route)),
      api.on("openFile", (file) => {
        waitingFileStore.setState({ file: openedEventsFile(api, file) });
        goTo(eventsRoute());
      }),
      api.on("restarted", () => live.connectNow()),
      api.on("action", ({ name }) => {
        const known = SHORTCUTS.find((shortcut) => shortcut.action === name);
        if (known !== undefined) runAction(known.action);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [runAction]);
}

import { useEffect, useState } from "react";
import { api } from "../client/api.ts";
import { connectionStore } from "../state/connection.ts";
import { pauseStore } from "../state/pause.ts";
import { type HealthPoint, pointOf, pointsOf, withPoints } from "./history.ts";

/** The figures of the last hour: the server's past, and what is reported since. While paused nothing is added. */
export function useHealthHistory(): readonly HealthPoint[] {
  const [points, setPoints] = useState<readonly HealthPoint[]>([]);
  useEffect(() => {
    const gaveUp = new AbortController();
    // Without the past the charts begin now, which they do anyway on a console that was just started.
    api.get("GET /health/history", { signal: gaveUp.signal }).then(
      (history) => setPoints((since) => withPoints(pointsOf(history), since)),
      () => undefined,
    );
    const stop = connectionStore.subscribe(({ health }, before) => {
      if (health === undefined || health === before.health || pauseStore.getState().paused) return;
      setPoints((known) => withPoints(known, [pointOf(health)]));
    });
    return () => {
      gaveUp.abort();
      stop();
    };
  }, []);
  return points;
}

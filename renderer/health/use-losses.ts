import { useEffect, useRef } from "react";
import type { LossesAnswer } from "../../engine/contract/console-api.ts";
import { api } from "../client/api.ts";
import { type Loaded, useLoaded } from "../client/hooks.ts";
import { useConnection } from "../state/connection.ts";
import { usePause } from "../state/pause.ts";

const FEWEST_MS_BETWEEN = 4_000;

/** The ledgers of all services, read again as the services report. */
export function useLosses(): Loaded<LossesAnswer> {
  const loaded = useLoaded("losses", (signal) => api.get("GET /losses", { signal }));
  const reportedAt = useConnection(({ health }) => health?.at);
  const { paused } = usePause();
  const last = useRef(Date.now());
  const { reload } = loaded;
  useEffect(() => {
    if (reportedAt === undefined || paused || Date.now() - last.current < FEWEST_MS_BETWEEN) return;
    last.current = Date.now();
    reload();
  }, [reportedAt, paused, reload]);
  return loaded;
}

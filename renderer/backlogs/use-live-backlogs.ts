import { useEffect, useMemo, useRef, useState } from "react";
import { useLive } from "../client/hooks.ts";
import type { LiveFault } from "../client/live-types.ts";
import { usePause } from "../state/pause.ts";
import { LEAVING_MS, type LiveRows, NO_ROWS, rowsDelta, rowsSnapshot, withoutEnded } from "./live-rows.ts";

export interface LiveBacklogs {
  live: LiveRows;
  /** The first snapshot came. */
  ready: boolean;
  fault: LiveFault | undefined;
  /** What the server's clock is ahead of this page's, in milliseconds. */
  ahead: number;
}

/** The live backlogs, of one directive or of all. While the display is paused it stands still; the news are kept. */
export function useLiveBacklogs(directive: number | undefined): LiveBacklogs {
  const { paused } = usePause();
  const latest = useRef<LiveRows>(NO_ROWS);
  const [shown, setShown] = useState<LiveRows | undefined>(undefined);
  const [fault, setFault] = useState<LiveFault | undefined>(undefined);
  const [ahead, setAhead] = useState(0);
  const show = (rows: LiveRows): void => {
    latest.current = rows;
    if (!paused) setShown(rows);
  };
  const params = useMemo(() => (directive === undefined ? {} : { directive }), [directive]);
  useLive("backlogs", params, {
    snapshot: (data) => {
      setFault(undefined);
      setAhead(data.at - Date.now());
      show(rowsSnapshot(latest.current, data));
    },
    delta: (data) => show(rowsDelta(latest.current, data, Date.now())),
    error: setFault,
  });
  useEffect(() => {
    if (!paused) setShown((before) => (before === undefined ? before : latest.current));
  }, [paused]);
  const leaving = shown !== undefined && [...shown.rows.values()].some(({ ended }) => ended !== undefined);
  useEffect(() => {
    if (!leaving || paused) return;
    const timer = setInterval(() => {
      latest.current = withoutEnded(latest.current, Date.now());
      setShown(latest.current);
    }, LEAVING_MS / 5);
    return () => clearInterval(timer);
  }, [leaving, paused]);
  return { live: shown ?? NO_ROWS, ready: shown !== undefined, fault, ahead };
}

import { useCallback, useState } from "react";
import {
  type BulkChange,
  type BulkProgress,
  type BulkTarget,
  changeAlarms,
  deleteAlarms,
  targetCount,
} from "./bulk-change.ts";

/** What a dialog is open for. */
export type BulkAsk = "status" | "tag" | "note" | "delete";

export interface Bulk {
  asking: { what: BulkAsk; target: BulkTarget } | undefined;
  ask: (what: BulkAsk) => void;
  stopAsking: () => void;
  /** Changes what the question was asked for, or else what is chosen now. */
  change: (change: BulkChange) => Promise<void>;
  remove: () => Promise<void>;
  progress: BulkProgress | undefined;
}

interface BulkParts {
  /** What is chosen now; undefined when nothing is. */
  target: () => BulkTarget | undefined;
  /** A change begins: its effects are the person's own. */
  onBegin: (target: BulkTarget, change: BulkChange | "delete") => void;
  onDone: (target: BulkTarget) => void;
}

export function useBulk({ target, onBegin, onDone }: BulkParts): Bulk {
  const [asking, setAsking] = useState<Bulk["asking"]>();
  const [progress, setProgress] = useState<BulkProgress>();
  const stopAsking = useCallback(() => setAsking(undefined), []);
  const ask = (what: BulkAsk) => {
    const chosen = target();
    if (chosen !== undefined && targetCount(chosen) > 0) setAsking({ what, target: chosen });
  };
  const change = async (wanted: BulkChange) => {
    const chosen = asking?.target ?? target();
    setAsking(undefined);
    if (chosen === undefined || targetCount(chosen) === 0) return;
    onBegin(chosen, wanted);
    if (await changeAlarms(chosen, wanted, setProgress)) onDone(chosen);
  };
  const remove = async () => {
    if (asking === undefined) return;
    onBegin(asking.target, "delete");
    await deleteAlarms(asking.target);
    onDone(asking.target);
    setAsking(undefined);
  };
  return { asking, ask, stopAsking, change, remove, progress };
}

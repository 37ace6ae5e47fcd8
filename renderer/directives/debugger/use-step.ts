import { useEffect, useRef, useState } from "react";
import type { ReplaySide, ReplayStep } from "../../../engine/contract/console/replay.ts";
import { api } from "../../client/api.ts";

export interface ShownStep {
  /** The last that was read, of this step or of one before it. */
  step: ReplayStep | undefined;
  error: string | undefined;
  reload: () => void;
}

interface Wanted {
  session: string;
  step: number;
  side: ReplaySide;
  directive: number | undefined;
  /** Of what it runs with: the same step may say something else now. */
  version: string;
}

/**
 * One step in full. While the replay runs, the next is asked for when the one before has come: the newest, however many
 * steps went by, so that what is shown is never far behind.
 */
export function useStep(wanted: Wanted | undefined): ShownStep {
  const [shown, setShown] = useState<Omit<ShownStep, "reload">>({ step: undefined, error: undefined });
  const [turn, setTurn] = useState(0);
  const latest = useRef<Wanted | undefined>(undefined);
  const busy = useRef(false);
  const key = wanted === undefined ? "" : Object.values(wanted).join(" ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what is wanted, the turn for once more.
  useEffect(() => {
    latest.current = wanted;
    if (busy.current || wanted === undefined) return;
    const follow = async (): Promise<void> => {
      busy.current = true;
      try {
        for (let asked = latest.current; asked !== undefined; asked = latest.current) {
          await readStep(asked).then(
            (step) => setShown({ step, error: undefined }),
            (error: unknown) =>
              setShown({ step: undefined, error: error instanceof Error ? error.message : String(error) }),
          );
          if (latest.current === asked) return;
        }
      } finally {
        busy.current = false;
      }
    };
    void follow();
    // Without a page there is nothing to be shown.
    return () => {
      latest.current = undefined;
    };
  }, [key, turn]);
  return { ...shown, reload: () => setTurn((before) => before + 1) };
}

function readStep({ session, step, side, directive }: Wanted): Promise<ReplayStep> {
  return api.get("GET /replay/:session/steps/:step", {
    params: { session, step: String(step) },
    query: { side, ...(directive !== undefined && { directive: String(directive) }) },
  });
}

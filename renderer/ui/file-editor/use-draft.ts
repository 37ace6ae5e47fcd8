import { useEffect, useRef, useState } from "react";
import type { ConfigProblem } from "../../../engine/contract/console/directives.ts";

const CHECK_AFTER_MS = 400;

export interface Draft {
  text: string;
  changed: boolean;
  checking: boolean;
  problems: readonly ConfigProblem[];
  /** The check itself failed, and why. */
  fault: string | undefined;
  change: (text: string) => void;
  discard: () => void;
}

/** A text that is being edited: checked a moment after each change, only the newest check counts. */
export function useDraft(
  base: string,
  first: string | undefined,
  check: (text: string, signal: AbortSignal) => Promise<readonly ConfigProblem[]>,
): Draft {
  const [text, setText] = useState(first ?? base);
  const [state, setState] = useState<Pick<Draft, "checking" | "problems" | "fault">>({
    checking: true,
    problems: [],
    fault: undefined,
  });
  const latest = useRef(check);
  latest.current = check;
  useEffect(() => {
    const gaveUp = new AbortController();
    setState((before) => ({ ...before, checking: true }));
    const timer = setTimeout(() => {
      latest.current(text, gaveUp.signal).then(
        (problems) => {
          if (!gaveUp.signal.aborted) setState({ checking: false, problems, fault: undefined });
        },
        (error: unknown) => {
          if (gaveUp.signal.aborted) return;
          const fault = error instanceof Error ? error.message : String(error);
          setState({ checking: false, problems: [], fault });
        },
      );
    }, CHECK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      gaveUp.abort();
    };
  }, [text]);
  const changed = text !== base;
  useEffect(() => {
    if (!changed) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [changed]);
  return { text, changed, ...state, change: setText, discard: () => setText(base) };
}

import { useEffect, useState } from "react";
import type { ConsoleEvent } from "../../engine/contract/console/events.ts";
import type { Explanation } from "../../engine/contract/explain.ts";
import { api } from "../client/api.ts";
import { ApiError, isAbort } from "../client/api-error.ts";
import { explanationNotes } from "./explanation-notes.ts";

interface Answered {
  explanation: Explanation;
  notes: readonly string[];
}

/** Asks why an event does what it does; anew for every event, and whenever `reload` is called. */
export function useExplanation({ id, event }: ConsoleEvent): {
  answer: Answered | undefined;
  error: ApiError | undefined;
  reload: () => void;
} {
  const [answer, setAnswer] = useState<Answered | undefined>(undefined);
  const [error, setError] = useState<ApiError | undefined>(undefined);
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an event never changes, and `asked` asks once more.
  useEffect(() => {
    const abort = new AbortController();
    setAnswer(undefined);
    setError(undefined);
    api.post("POST /explain", { body: { event, retained: id }, signal: abort.signal }).then(
      (said) => setAnswer({ explanation: said.explanation, notes: explanationNotes(said) }),
      (reason: unknown) => {
        if (isAbort(reason)) return;
        setError(reason instanceof ApiError ? reason : new ApiError(0, "It can’t be explained."));
      },
    );
    return () => abort.abort();
  }, [id, asked]);
  return { answer, error, reload: () => setAsked((times) => times + 1) };
}

import { useEffect, useMemo, useState } from "react";
import type { ConfigProblem } from "../../../engine/contract/console/directives.ts";
import { api } from "../../client/api.ts";
import { type EditedFile, fileWith } from "./edited-file.ts";
import { type PlacedProblem, placedProblems, syntaxProblem } from "./problem-places.ts";

const CHECK_AFTER_MS = 400;
/** Of larger texts only the server says whether they are JSON: reading them with each letter would hold up who types. */
const LONGEST_READ = 500_000;

export interface Check {
  problems: readonly PlacedProblem[];
  /** The text isn't JSON: nothing but that is known of it. */
  isBroken: boolean;
  checking: boolean;
  /** The check itself failed, and why. */
  fault: string | undefined;
}

interface Checked {
  text: string | undefined;
  problems: readonly ConfigProblem[];
  fault: string | undefined;
}

/** What the loader says of a text among the other files of its node, a moment after each change; a syntax error at once. */
export function useCheck(edited: EditedFile, text: string): Check {
  const [checked, setChecked] = useState<Checked>({ text: undefined, problems: [], fault: undefined });
  const broken = useMemo(() => (text.length > LONGEST_READ ? undefined : syntaxProblem(text, edited)), [text, edited]);
  useEffect(() => {
    if (broken !== undefined) return;
    const gaveUp = new AbortController();
    const body = { text: fileWith(edited, text), name: edited.fileName };
    const timer = setTimeout(() => {
      api.post("POST /directives/validate", { body, signal: gaveUp.signal }).then(
        ({ problems }) => setChecked({ text, problems, fault: undefined }),
        (error: unknown) => {
          if (gaveUp.signal.aborted) return;
          setChecked({ text, problems: [], fault: error instanceof Error ? error.message : String(error) });
        },
      );
    }, CHECK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      gaveUp.abort();
    };
  }, [edited, text, broken]);
  // In a large text, places are those of the text that was checked; the editor moves its marks along with what is typed.
  const placedIn = text.length > LONGEST_READ ? (checked.text ?? text) : text;
  const problems = useMemo(
    () => placedProblems(broken === undefined ? checked.problems : [broken], edited, placedIn),
    [broken, checked.problems, edited, placedIn],
  );
  return {
    problems,
    isBroken: broken !== undefined,
    checking: broken === undefined && checked.text !== text,
    fault: checked.fault,
  };
}

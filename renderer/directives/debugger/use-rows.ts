import { useEffect, useRef, useState } from "react";
import type { ReplayRow, ReplaySide, ReplayState } from "../../../engine/contract/console/replay.ts";
import { api } from "../../client/api.ts";
import { PAGE_ROWS, type PageWanted, RowPages } from "./row-pages.ts";

export interface Rows {
  row: (side: ReplaySide, step: number) => ReplayRow | undefined;
  /** Why rows can't be read. */
  error: string | undefined;
}

/** The rows in sight, fetched as they come into it and again as the replay goes over them. */
export function useRows(state: ReplayState, sides: readonly ReplaySide[], from: number, to: number): Rows {
  const pages = useRef(new RowPages());
  const farthest = useRef(0);
  const underWay = useRef(new Set<string>());
  const [error, setError] = useState<string>();
  const [, redraw] = useState(0);
  const { session, events, generation, step } = state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the generation stands for the directives that the rows are of.
  useEffect(() => {
    pages.current.clear();
    farthest.current = 0;
    setError(undefined);
  }, [session, generation]);
  farthest.current = Math.max(farthest.current, step);
  const sidesText = sides.join(" ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the sides stand for themselves as text; the step for what was run.
  useEffect(() => {
    const ran = farthest.current;
    const fetchPage = async (wanted: PageWanted): Promise<void> => {
      underWay.current.add(wanted.key);
      try {
        const { rows } = await api.get("GET /replay/:session/rows", {
          params: { session },
          query: { from: String(wanted.page * PAGE_ROWS + 1), limit: String(PAGE_ROWS), side: wanted.side },
        });
        pages.current.put(wanted, rows, ran);
        setError(undefined);
      } catch (reason) {
        setError(reason instanceof Error ? reason.message : String(reason));
      } finally {
        underWay.current.delete(wanted.key);
        redraw((before) => before + 1);
      }
    };
    for (const wanted of pages.current.wanted(sides, from, to, ran, events)) {
      // While one is on its way the next look asks again, if need be.
      if (!underWay.current.has(wanted.key)) void fetchPage(wanted);
    }
  }, [session, generation, sidesText, from, to, events, step]);
  return { row: (side, at) => pages.current.row(side, at), error };
}

import { useMemo } from "react";
import { numberText } from "../number-text.ts";
import { safeText } from "../safe-text.ts";
import { differenceLines, MOST_DIFFERENCE_LINES } from "./difference.ts";
import "./file-editor.css";

const SIGNS = { added: "+", removed: "−", same: " ", place: " " } as const;
const WORDS = { added: "added: ", removed: "removed: ", same: "", place: "" } as const;

/** What would be changed, line by line. */
export function DifferenceView({ difference }: { difference: string }) {
  const lines = useMemo(() => differenceLines(difference), [difference]);
  if (lines.length === 0) return <p className="t2">Nothing differs from the file.</p>;
  const shown = lines.slice(0, MOST_DIFFERENCE_LINES);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <section className="difference" tabIndex={0} aria-label="Difference">
      {shown.map(({ kind, text, before, after }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and a difference doesn't change.
        <div key={index} className={kind}>
          <span className="t3" aria-hidden="true">
            {before ?? ""}
          </span>
          <span className="t3" aria-hidden="true">
            {after ?? ""}
          </span>
          <span aria-hidden="true">{SIGNS[kind]}</span>
          <span className="difference-text">
            <span className="off-screen">{WORDS[kind]}</span>
            {safeText(text)}
          </span>
        </div>
      ))}
      {lines.length > shown.length ? <p className="t3">{numberText(lines.length - shown.length)} more lines</p> : null}
    </section>
  );
}

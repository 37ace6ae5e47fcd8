import { type RefObject, useLayoutEffect, useMemo, useState } from "react";
import { Icon } from "../icon.tsx";
import { type LineProblem, lineCount, problemsByLine } from "./lines.ts";

/** As the stylesheet has it. */
export const LINE_HEIGHT = 18;
const PADDING = 8;
/** Numbers drawn above and below what is in sight. */
const SPARE = 6;

interface TextPaneProps {
  label: string;
  text: string;
  problems: readonly LineProblem[];
  readOnly: boolean;
  field: RefObject<HTMLTextAreaElement | null>;
  onChange: (text: string) => void;
  onSave: () => void;
}

/** A text with numbered lines; lines with a problem carry its mark. Only the numbers in sight are drawn. */
export function TextPane({ label, text, problems, readOnly, field, onChange, onSave }: TextPaneProps) {
  const count = useMemo(() => lineCount(text), [text]);
  const byLine = useMemo(() => problemsByLine(problems), [problems]);
  const [view, setView] = useState({ top: 0, height: 0 });
  const look = () => {
    const at = field.current;
    if (at !== null) setView({ top: at.scrollTop, height: at.clientHeight });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the field is there for as long as the pane is.
  useLayoutEffect(() => {
    if (field.current === null) return;
    const observer = new ResizeObserver(look);
    observer.observe(field.current);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(1, Math.floor((view.top - PADDING) / LINE_HEIGHT) + 1 - SPARE);
  const last = Math.min(count, Math.ceil((view.top + view.height) / LINE_HEIGHT) + SPARE);
  const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return (
    <div className="text-pane">
      <div className="gutter" aria-hidden="true">
        <div style={{ transform: `translateY(${PADDING + (first - 1) * LINE_HEIGHT - view.top}px)` }}>
          {numbers.map((line) => {
            const problem = byLine.get(line);
            return (
              <div key={line} className={problem?.severity} title={problem?.text}>
                <span className="gutter-mark">
                  {problem === undefined ? null : (
                    <Icon
                      name={problem.severity === "error" ? "x" : "warn"}
                      size={12}
                      className={problem.severity === "error" ? "bad" : "warn"}
                    />
                  )}
                </span>
                {line}
              </div>
            );
          })}
        </div>
      </div>
      <textarea
        ref={field}
        aria-label={label}
        value={text}
        readOnly={readOnly}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        wrap="off"
        onScroll={look}
        onChange={({ target }) => onChange(target.value)}
        onKeyDown={(event) => {
          if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          onSave();
        }}
      />
    </div>
  );
}

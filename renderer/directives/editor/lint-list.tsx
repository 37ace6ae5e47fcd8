import { Button } from "@blueprintjs/core";
import { problemText } from "../../ui/file-editor/lines.ts";
import { Icon } from "../../ui/icon.tsx";
import { countOf } from "../../ui/number-text.ts";
import { safeText } from "../../ui/safe-text.ts";
import type { PlacedProblem } from "./problem-places.ts";
import type { Check } from "./use-check.ts";

interface LintListProps {
  check: Check;
  /** Why the text can't be saved. */
  reason: string | undefined;
  readOnly: boolean;
  onShow: (problem: PlacedProblem) => void;
  onFix: (problem: PlacedProblem) => void;
}

const LOOKS = {
  error: { icon: "x", className: "bad" },
  warning: { icon: "warn", className: "warn" },
  note: { icon: "info", className: "t3" },
} as const;
/** Nobody mends more at once. */
const MOST_SHOWN = 200;
const RANKS = ["error", "warning", "note"];

/** All that the loader and lint say of the text: the worst first, each with its place and, where there is one, its fix. */
export function LintList({ check, reason, readOnly, onShow, onFix }: LintListProps) {
  if (check.problems.length === 0) {
    const text = check.checking
      ? "The text is being checked."
      : `Nothing is wrong with it. ${reason ?? "It can be saved."}`;
    return <p className="lint-empty t2 sm">{safeText(text)}</p>;
  }
  const rank = ({ problem }: PlacedProblem) => RANKS.indexOf(problem.severity);
  const ordered = check.problems.toSorted((a, b) => rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0));
  return (
    <ul className="lint-list">
      {ordered.slice(0, MOST_SHOWN).map((placed, index) => {
        const { problem, line, directive } = placed;
        const { icon, className } = LOOKS[problem.severity];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: two problems may say the same of the same place.
          <li key={`${index} ${problem.text}`}>
            <Icon name={icon} size={14} className={className} />
            <span className="off-screen">{problem.severity}: </span>
            <button type="button" className="grow" disabled={line === undefined} onClick={() => onShow(placed)}>
              <span className="med">{safeText(problemText(problem))}</span>{" "}
              {problem.detail === undefined ? null : <span className="t2">{safeText(problem.detail)}</span>}
            </button>
            <span className="mono t3">{placeText(placed)}</span>
            {problem.fix === undefined || directive === undefined || readOnly ? null : (
              <Button size="small" onClick={() => onFix(placed)}>
                {safeText(problem.fix.label)}
              </Button>
            )}
          </li>
        );
      })}
      {ordered.length > MOST_SHOWN ? (
        <li className="t2">
          {countOf(ordered.length - MOST_SHOWN, "more problem")}, which are shown when these are mended.
        </li>
      ) : null}
    </ul>
  );
}

/** `stage 4, line 30`; elsewhere in the folder the file and its own line. */
function placeText({ problem: { stage, file, line: fileLine, directiveId }, line }: PlacedProblem): string {
  const parts =
    line === undefined
      ? [
          file,
          directiveId === undefined ? undefined : `directive ${directiveId}`,
          fileLine === undefined ? undefined : `line ${fileLine}`,
        ]
      : [stage === undefined ? undefined : `stage ${stage}`, `line ${line}`];
  return safeText(parts.filter((part) => part !== undefined).join(", "));
}

/** `1 error, 2 warnings`. */
export function lintSummary({ problems }: Check): string {
  return RANKS.map(
    (severity) => [severity, problems.filter(({ problem }) => problem.severity === severity).length] as const,
  )
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => countOf(count, severity))
    .join(", ");
}

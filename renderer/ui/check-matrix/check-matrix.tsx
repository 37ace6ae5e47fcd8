import { type KeyboardEvent, useState } from "react";
import type { StageChecks } from "../../../engine/contract/explain.ts";
import { Icon } from "../icon.tsx";
import { tooltipText } from "../safe-text.ts";
import { CheckDetails } from "./check-details.tsx";
import { CHECK_NAMES_SHOWN } from "./check-names.ts";
import { type CheckMark, checkTitle, heldStage, markOf } from "./check-words.ts";
import "./check-matrix.css";

export interface CheckMatrixProps {
  /** Rules of an attempt (engine/contract/explain.ts), stage 1 first. */
  stages: readonly StageChecks[];
  /** Behind the heading: `event 71 against the 3 rules`. */
  aside?: string;
  /** The stage whose checks are told in words, where somebody else keeps it. */
  stage?: number | undefined;
  onStage?: (stage: number) => void;
}

/** Rules × checks, and below it what the chosen rule expected and what came (design, screen 07). */
export function CheckMatrix({ stages, aside, stage, onStage }: CheckMatrixProps) {
  const [own, setOwn] = useState<number | undefined>(undefined);
  const wanted = stage ?? own;
  const chosen =
    stages.find((each) => each.stage === wanted) ?? stages.find((each) => each.stage === heldStage(stages));
  const choose = (next: number): void => {
    setOwn(next);
    onStage?.(next);
  };
  return (
    <section className="check-matrix" aria-label="Checks">
      <header>
        <h3>Checks</h3>
        {aside !== undefined && <span className="t3 sm">{aside}</span>}
        <span className="grow" />
        <Legend />
      </header>
      <div className="matrix-scroll">
        <table aria-label="Every rule against the event">
          <thead>
            <tr>
              <th scope="col">
                <span className="off-screen">Rule</span>
              </th>
              {CHECK_NAMES_SHOWN.map((check) => (
                <th key={check} scope="col" className={check === chosen?.firstFailing ? "decides" : undefined}>
                  <span>{checkTitle(check)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {stages.map((row) => (
              <Row key={row.stage} row={row} chosen={row === chosen} onChoose={choose} />
            ))}
          </tbody>
        </table>
      </div>
      {chosen !== undefined && <CheckDetails stage={chosen} />}
    </section>
  );
}

const LEGEND: readonly CheckMark[] = [
  { icon: "check", tone: "pass", word: "pass" },
  { icon: "x", tone: "fail", word: "fail" },
  { icon: "minus", tone: "open", word: "not reached" },
];

function Legend() {
  return (
    <span className="matrix-legend" aria-hidden="true">
      {LEGEND.map(({ icon, tone, word }) => (
        <span key={word}>
          <Icon name={icon} size={12} className={`check-${tone}`} /> {word}
        </span>
      ))}
    </span>
  );
}

const ROLE_WORDS: Readonly<Record<StageChecks["role"], string>> = {
  opens: "would begin a backlog",
  current: "the backlog's current stage",
  earlier: "over",
  later: "not reached yet",
};

function Row({ row, chosen, onChoose }: { row: StageChecks; chosen: boolean; onChoose: (stage: number) => void }) {
  const { stage, rule, role, checks, firstFailing } = row;
  return (
    <tr className={[chosen && "chosen", (role === "current" || role === "opens") && "held"].filter(Boolean).join(" ")}>
      <th scope="row">
        <button
          type="button"
          aria-pressed={chosen}
          title={`${tooltipText(rule)}: ${ROLE_WORDS[role]}`}
          onClick={() => onChoose(stage)}
          onKeyDown={moveAmongRows}
        >
          <span className="num">{stage}</span> {tooltipText(rule)}
          <span className="off-screen">, {ROLE_WORDS[role]}</span>
        </button>
      </th>
      {CHECK_NAMES_SHOWN.map((name) => {
        const result = checks.find(({ check }) => check === name);
        const mark = result === undefined ? undefined : markOf(result);
        return (
          <td key={name} className={name === firstFailing ? "decides" : undefined}>
            {mark !== undefined && (
              <>
                <Icon name={mark.icon} size={14} className={`check-${mark.tone}`} />
                <span className="off-screen">{mark.word}</span>
              </>
            )}
          </td>
        );
      })}
    </tr>
  );
}

/** Arrow keys go from rule to rule, as in a list. */
function moveAmongRows(event: KeyboardEvent<HTMLButtonElement>): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0) return;
  const buttons = [...(event.currentTarget.closest("tbody")?.querySelectorAll("button") ?? [])];
  const next = buttons[buttons.indexOf(event.currentTarget) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
  next.click();
}

import { useState } from "react";
import type { DirectiveExplanation, Explanation } from "../../../engine/contract/explain.ts";
import { CheckMatrix } from "../check-matrix/check-matrix.tsx";
import { Icon } from "../icon.tsx";
import { directiveRoute, href } from "../links.ts";
import { clipText, safeText, tooltipText } from "../safe-text.ts";
import { attemptTitle, verdictMark } from "./verdict-words.ts";
import "./explanation.css";

/** Longest sentence that is shown: the engine cuts what it repeats of an event. */
const MOST = 1_000;

export interface ExplanationViewProps {
  explanation: Explanation;
  /** Of which moment it is said, and what may be wrong about it. */
  notes: readonly string[];
}

/** Why an event does or doesn't do something: the sentence, then the directives, then the checks of the chosen one. */
export function ExplanationView({ explanation, notes }: ExplanationViewProps) {
  const { sentence, directives, others } = explanation;
  const [wanted, setWanted] = useState<number | undefined>(undefined);
  const chosen = directives.find(({ directiveId }) => directiveId === wanted) ?? directives[0];
  return (
    <div className="explanation">
      <div className="explanation-why">
        <p className="explanation-sentence" role="status">
          {clipText(sentence, MOST).text}
        </p>
        {notes.map((note) => (
          <p key={note} className="t3 sm">
            {safeText(note)}
          </p>
        ))}
        {directives.length > 0 && (
          <ul aria-label="Directives">
            {directives.map((directive) => (
              <DirectiveItem
                key={`${directive.node} ${directive.directiveId}`}
                directive={directive}
                chosen={directive === chosen}
                onChoose={() => setWanted(directive.directiveId)}
              />
            ))}
          </ul>
        )}
        {others.map((other) => (
          <p key={other.why} className="t2 sm explanation-other">
            {clipText(other.sentence, MOST).text}
          </p>
        ))}
      </div>
      {chosen !== undefined && <Attempts key={chosen.directiveId} directive={chosen} />}
    </div>
  );
}

function DirectiveItem({
  directive: { directiveId, name, node, verdict, sentence, fate },
  chosen,
  onChoose,
}: {
  directive: DirectiveExplanation;
  chosen: boolean;
  onChoose: () => void;
}) {
  const { icon, tone, word } = verdictMark(verdict);
  return (
    <li className={chosen ? "chosen" : undefined}>
      <button type="button" aria-pressed={chosen} onClick={onChoose}>
        <span className="explanation-name">
          <Icon name={icon} size={14} className={`check-${tone}`} />
          <span className="mono">{directiveId}</span>
          <span className="clip" title={tooltipText(name)}>
            {clipText(name, 120).text}
          </span>
          <span className="grow" />
          <span className="t3 sm">{word}</span>
        </span>
        <span className="t2 sm">{clipText(sentence, MOST).text}</span>
        {fate !== undefined && <span className="t3 sm">Later: {clipText(fate.sentence, MOST).text}</span>}
      </button>
      <a
        className="link sm"
        href={href(directiveRoute(directiveId))}
        title={node === undefined ? undefined : `On ${node}`}
      >
        Open <span className="off-screen">directive {directiveId}</span>
      </a>
    </li>
  );
}

/** The chosen directive's backlogs, and the checks of one of them. */
function Attempts({ directive: { directiveId, attempts, moreAttempts } }: { directive: DirectiveExplanation }) {
  const [wanted, setWanted] = useState(0);
  const attempt = attempts[wanted] ?? attempts[0];
  if (attempt === undefined) return null;
  return (
    <div className="explanation-checks">
      <fieldset className="explanation-attempts">
        <legend className="off-screen">Attempts of directive {directiveId}</legend>
        {attempts.map((each, i) => (
          <button
            key={each.backlog?.id ?? "new"}
            type="button"
            className="tag line"
            aria-pressed={each === attempt}
            title={tooltipText(each.sentence)}
            onClick={() => setWanted(i)}
          >
            {safeText(attemptTitle(each))}
          </button>
        ))}
        {moreAttempts !== undefined && <span className="t3 sm">and {moreAttempts} more</span>}
      </fieldset>
      {attempts.length > 1 && <p className="t2 sm explanation-attempt">{clipText(attempt.sentence, MOST).text}</p>}
      <CheckMatrix
        key={attempt.backlog?.id ?? "new"}
        stages={attempt.stages}
        aside={`the event against the ${attempt.stages.length} rules of ${directiveId}`}
      />
    </div>
  );
}

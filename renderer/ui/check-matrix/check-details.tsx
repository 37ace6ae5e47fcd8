import type { StageChecks } from "../../../engine/contract/explain.ts";
import { Icon } from "../icon.tsx";
import { ValueText } from "../value-text.tsx";
import { checkTitle, markOf } from "./check-words.ts";

/** One rule's checks in words: what it expected and what came; the first that failed stands out. */
export function CheckDetails({ stage: { stage, checks, firstFailing } }: { stage: StageChecks }) {
  return (
    <table className="check-details" aria-label={`Stage ${stage}: expected and actual`}>
      <thead>
        <tr>
          <th scope="col">
            <span className="off-screen">Result</span>
          </th>
          <th scope="col">Stage {stage}</th>
          <th scope="col">Expected</th>
          <th scope="col">Actual</th>
        </tr>
      </thead>
      <tbody>
        {checks.map((result) => {
          const { icon, tone, word } = markOf(result);
          return (
            <tr key={result.check} className={result.check === firstFailing ? "decides" : tone}>
              <td>
                <Icon name={icon} size={14} className={`check-${tone}`} />
                <span className="off-screen">{word}</span>
              </td>
              <th scope="row">{checkTitle(result.check)}</th>
              <td>
                <ValueText text={result.expected} mono />
              </td>
              <td>
                <ValueText text={result.actual} mono />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

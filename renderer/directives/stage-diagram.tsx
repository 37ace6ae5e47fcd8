import { useSession } from "../state/session.ts";
import { durationText } from "../ui/duration.ts";
import { Icon } from "../ui/icon.tsx";
import { riskClassOf } from "../ui/risk.ts";
import { RiskMark } from "../ui/risk-mark.tsx";
import { safeText } from "../ui/safe-text.ts";
import { ValueText } from "../ui/value-text.tsx";
import { type RuleView, riskOf } from "./rules.ts";

interface StageDiagramProps {
  rules: readonly RuleView[];
  priority: number;
  assetValue: number;
  /** What is wrong with a stage. */
  mark?: (stage: number) => StageMark | undefined;
}
interface StageMark {
  severity: "error" | "warning" | "note";
  text: string;
  onShow: () => void;
}

/** The stages of a directive one below the other: what each takes, how often, how long, and the risk that it reaches. */
export function StageDiagram({ rules, priority, assetValue, mark }: StageDiagramProps) {
  const { riskMedium } = useSession();
  if (rules.length === 0) return <p className="t3">It has no stage that can be read.</p>;
  return (
    <ol className="stage-diagram">
      {rules.map((rule, index) => {
        const risk = riskOf(priority, rule.reliability, assetValue);
        const wrong = mark?.(rule.stage);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: while somebody types, two stages may have one number.
          <li key={`${index} ${rule.stage}`}>
            {index === 0 ? null : (
              <div className="stage-link t2 sm">
                <Icon name="down" size={14} className="t3" />
                {rule.bound ?? "no tie to the stages before"}
              </div>
            )}
            <div className={wrong?.severity === "error" ? "stage-card error" : "stage-card"}>
              <div className="row">
                <span className="stage-number">{rule.stage}</span>
                <b className="stage-title clip grow">
                  <ValueText text={rule.name} most={120} />
                </b>
                {wrong === undefined ? null : <MarkButton mark={wrong} />}
                <span className="mono t2">{rule.occurrence} ×</span>
              </div>
              <div className="row">
                <span className="t2 sm grow">
                  {index === 0 ? "opens a backlog" : `within ${durationText(rule.timeoutSeconds * 1000)}`}
                </span>
                <span className="t2 sm">
                  reliability <b className="mono">{rule.reliability}</b>
                </span>
              </div>
              <div className="row">
                <span className="mono grow clip">
                  <ValueText text={`${rule.from} → ${rule.to}`} mono />
                </span>
                <RiskMark risk={risk} riskClass={riskClassOf(risk, riskMedium)} />
              </div>
              <p className="t3 sm">
                <ValueText text={rule.takes} most={160} />
                {rule.protocol === "" || rule.protocol === "ANY" || rule.protocol.startsWith(":")
                  ? ""
                  : `, ${rule.protocol}`}
                {rule.different === undefined ? "" : `, ${rule.different}`}
              </p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}

function MarkButton({ mark: { severity, text, onShow } }: { mark: StageMark }) {
  const isError = severity === "error";
  return (
    <button type="button" className={`stage-mark ${isError ? "bad" : "warn"}`} title={safeText(text)} onClick={onShow}>
      <Icon name={isError ? "x" : "warn"} size={12} />
      <span className="clip">{safeText(text)}</span>
    </button>
  );
}

import { Button } from "@blueprintjs/core";
import { RiskMark } from "../ui/risk-mark.tsx";
import { DEMO_SCENES, sceneTime } from "./demo-scenes.ts";

/** What the demo plays in its first minute. */
export function DemoPanel({ onUse }: { onUse: () => void }) {
  return (
    <>
      <header>
        <h2>What the demo plays</h2>
        <span className="grow" />
        <span className="sm t2">first alarm in under 5 s</span>
      </header>
      <ol className="start-scenes">
        {DEMO_SCENES.map(({ name, tells, at, ends }) => (
          <li key={name}>
            <span className="start-time num">{sceneTime(at)}</span>
            <span className="grow">
              <span className="med clip">{name}</span>
              <span className="t2 sm clip">{tells}</span>
            </span>
            {"why" in ends ? (
              <span className="tag">{ends.why}</span>
            ) : (
              <RiskMark risk={ends.risk} riskClass={ends.riskClass} />
            )}
          </li>
        ))}
      </ol>
      <div className="start-act">
        <span className="grow sm t2">Its services start here and listen to this machine only.</span>
        <Button intent="primary" size="small" autoFocus onClick={onUse}>
          Start the demo
        </Button>
      </div>
    </>
  );
}

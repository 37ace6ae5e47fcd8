import { useState } from "react";
import { panelId, TabStrip, tabId } from "../../ui/tab-strip.tsx";
import { LintList, lintSummary } from "./lint-list.tsx";
import type { PlacedProblem } from "./problem-places.ts";
import type { Check } from "./use-check.ts";
import type { Edit } from "./use-edit.ts";

interface LowerPanelProps {
  edit: Edit;
  check: Check;
  reason: string | undefined;
  readOnly: string | undefined;
  onShow: (problem: PlacedProblem) => void;
  onFix: (problem: PlacedProblem) => void;
}

/** Below the text: what is wrong with it, and what it would do. */
export function LowerPanel({ check, reason, readOnly, onShow, onFix }: LowerPanelProps) {
  const [tab, setTab] = useState<"lint">("lint");
  return (
    <section className="lower-panel" aria-label="Checks">
      <div className="lower-tabs">
        <TabStrip
          name="checks"
          label="Checks"
          tabs={[{ id: "lint", title: "Lint", count: check.problems.length }]}
          current={tab}
          onChange={setTab}
        />
        <span className="t2 sm num" role="status">
          {lintSummary(check)}
        </span>
      </div>
      <div className="lower-body" role="tabpanel" id={panelId("checks")} aria-labelledby={tabId("checks", tab)}>
        <LintList {...{ check, reason, onShow, onFix }} readOnly={readOnly !== undefined} />
      </div>
    </section>
  );
}

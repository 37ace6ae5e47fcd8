import { useState } from "react";
import { panelId, TabStrip, tabId } from "../../ui/tab-strip.tsx";
import { DifferenceTab } from "./difference-tab.tsx";
import { DryRunPanel } from "./dry-run-panel.tsx";
import { LintList, lintSummary } from "./lint-list.tsx";
import type { PlacedProblem } from "./problem-places.ts";
import { TouchedBacklogList, type TouchedBacklogs } from "./touched-backlogs.tsx";
import type { Check } from "./use-check.ts";
import { useDryRun } from "./use-dry-run.ts";
import type { Edit } from "./use-edit.ts";

interface LowerPanelProps {
  edit: Edit;
  check: Check;
  /** Lines that differ from what is saved. */
  lines: number;
  /** The saved directive and its live backlogs; undefined for a new one and for a file. */
  directive: number | undefined;
  live: TouchedBacklogs | undefined;
  reason: string | undefined;
  readOnly: string | undefined;
  onShow: (problem: PlacedProblem) => void;
  onFix: (problem: PlacedProblem) => void;
}

type LowerTab = "lint" | "difference" | "backlogs" | "dry-run";

/** Below the text: what is wrong with it, what it changes, and what it would do. */
export function LowerPanel(props: LowerPanelProps) {
  const { edit, check, lines, directive, live, reason, readOnly, onShow, onFix } = props;
  const [tab, setTab] = useState<LowerTab>("lint");
  const dryRun = useDryRun(edit);
  const tabs: { id: LowerTab; title: string; count?: number | undefined }[] = [
    { id: "lint", title: "Lint", count: check.problems.length },
    { id: "difference", title: "Difference", count: lines },
    ...(directive === undefined ? [] : [{ id: "backlogs" as const, title: "Live backlogs", count: live?.total }]),
    { id: "dry-run", title: "Dry run" },
  ];
  return (
    <section className="lower-panel" aria-label="Checks">
      <div className="lower-tabs">
        <TabStrip name="checks" label="Checks" tabs={tabs} current={tab} onChange={setTab} />
        <span className="leave-hint t3 sm" aria-hidden="true">
          <kbd className="kbd">Esc</kbd> then <kbd className="kbd">Tab</kbd> leaves the text
        </span>
        <span className="t2 sm num" role="status">
          {lintSummary(check)}
        </span>
      </div>
      <div className="lower-body" role="tabpanel" id={panelId("checks")} aria-labelledby={tabId("checks", tab)}>
        {tab === "lint" ? <LintList {...{ check, reason, onShow, onFix }} readOnly={readOnly !== undefined} /> : null}
        {tab === "difference" ? <DifferenceTab edit={edit} /> : null}
        {tab === "backlogs" && directive !== undefined ? <TouchedBacklogList {...{ live, directive }} /> : null}
        {tab === "dry-run" ? (
          <DryRunPanel
            controls={dryRun}
            text={edit.text}
            version={edit.edited.version}
            reason={reasonNotToTry(check)}
          />
        ) : null}
      </div>
    </section>
  );
}

function reasonNotToTry({ problems }: Check): string | undefined {
  return problems.some(({ problem }) => problem.severity === "error")
    ? "What has errors can't be tried: fix them first."
    : undefined;
}

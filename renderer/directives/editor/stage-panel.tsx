import { Button, SegmentedControl } from "@blueprintjs/core";
import { useMemo, useState } from "react";
import type { DirectiveRow } from "../../../engine/contract/console/directives.ts";
import { Icon } from "../../ui/icon.tsx";
import { backlogsRoute, href } from "../../ui/links.ts";
import { countOf } from "../../ui/number-text.ts";
import { priorityOf, rulesOf } from "../rules.ts";
import { StageDiagram } from "../stage-diagram.tsx";
import type { PlacedProblem } from "./problem-places.ts";
import { withStageAfter } from "./stages.ts";
import { keptRulesText, type TouchedBacklogs } from "./touched-backlogs.tsx";
import type { Check } from "./use-check.ts";
import type { Edit } from "./use-edit.ts";

interface StagePanelProps {
  edit: Edit;
  check: Check;
  row: DirectiveRow | undefined;
  live: TouchedBacklogs | undefined;
  readOnly: boolean;
  onShow: (problem: PlacedProblem) => void;
}

const ASSET_VALUES = ["1", "3", "5"] as const;

/** The stages as the text has them right now, what is wrong with each, and what saving touches. */
export function StagePanel({ edit, check, row, live, readOnly, onShow }: StagePanelProps) {
  const [value, setValue] = useState<string>("5");
  const rules = useMemo(() => rulesOf(edit.directive), [edit.directive]);
  const last = rules.reduce((highest, { stage }) => Math.max(highest, stage), 0);
  const marks = useMemo(() => {
    const byStage = new Map<number, PlacedProblem>();
    for (const placed of check.problems) {
      const { stage, severity } = placed.problem;
      if (stage === undefined || placed.line === undefined || severity === "note") continue;
      if (byStage.get(stage)?.problem.severity !== "error") byStage.set(stage, placed);
    }
    return byStage;
  }, [check.problems]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <section className="stage-panel" aria-label="Stages" tabIndex={0}>
      <div className="stages-head">
        <h2>Stages</h2>
        <span className="t3 sm grow">risk shown for an asset of value {value}</span>
        <SegmentedControl
          size="small"
          aria-label="Asset value"
          options={ASSET_VALUES.map((each) => ({ value: each, label: each }))}
          value={value}
          onValueChange={setValue}
        />
      </div>
      <StageDiagram
        rules={rules}
        priority={priorityOf(edit.directive)}
        assetValue={Number(value)}
        mark={(stage) => {
          const placed = marks.get(stage);
          return placed === undefined
            ? undefined
            : { severity: placed.problem.severity, text: placed.problem.text, onShow: () => onShow(placed) };
        }}
      />
      {readOnly || check.isBroken ? null : (
        <Button
          variant="minimal"
          size="small"
          className="add-stage"
          onClick={() => edit.change(withStageAfter(edit.text, last))}
        >
          Add stage {last + 1}
        </Button>
      )}
      {row === undefined || live === undefined || live.total === 0 ? null : (
        <p className="stage-note sm t2">
          <Icon name="info" size={14} />
          <span>
            Saving a change touches{" "}
            <a className="count-link" href={href(backlogsRoute({ directive: row.id }))}>
              {countOf(live.total, "live backlog")}
            </a>
            . {keptRulesText(live.total)}
          </span>
        </p>
      )}
    </section>
  );
}

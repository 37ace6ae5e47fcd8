import { useMemo, useState } from "react";
import type { Overview } from "../../engine/contract/console/overview.ts";
import { Icon } from "../ui/icon.tsx";
import { alarmsRoute, href } from "../ui/links.ts";
import { RISK_WORDS } from "../ui/risk.ts";
import { RiskBar, RiskCounts, RiskCountsHead } from "../ui/risk-counts.tsx";
import { ValueText } from "../ui/value-text.tsx";
import { type Branch, branchesOf } from "./figures.ts";

/** Kingdom → category → title; kingdoms stand open, so that categories are seen at once. */
export function TreeCard({ leaves, t }: { leaves: Overview["tree"]; t: string }) {
  const tree = useMemo(() => branchesOf(leaves), [leaves]);
  const highest = Math.max(0, ...tree.map(({ high, medium, low }) => high + medium + low));
  return (
    <section className="card tree" aria-label="Kingdom, category, title">
      <header>
        <h2>Kingdom, category, title</h2>
        <span className="grow" />
        <RiskCountsHead />
      </header>
      {tree.length === 0 ? <p className="card-none t3">No alarm in this time.</p> : null}
      <Branches branches={tree} depth={0} highest={highest} t={t} />
    </section>
  );
}

interface BranchesProps {
  branches: readonly Branch[];
  depth: number;
  highest: number;
  t: string;
}
function Branches({ branches, depth, highest, t }: BranchesProps) {
  return (
    <ul>
      {branches.map((branch) => (
        <BranchRow key={branch.key} branch={branch} depth={depth} highest={highest} t={t} />
      ))}
    </ul>
  );
}

function BranchRow({ branch, depth, highest, t }: Omit<BranchesProps, "branches"> & { branch: Branch }) {
  const [open, setOpen] = useState(depth === 0);
  const name = branch.name === "" ? "without a name" : branch.name;
  return (
    <li>
      <div className="tally" style={{ paddingInlineStart: depth * 16 }}>
        {branch.children.length === 0 ? (
          <span className="twist" />
        ) : (
          <button
            type="button"
            className="twist"
            aria-expanded={open}
            aria-label={`What is below ${name}`}
            onClick={() => setOpen(!open)}
          >
            <Icon name={open ? "down" : "right"} size={12} />
          </button>
        )}
        <a className="grow clip" href={href(alarmsRoute({ q: branch.q, t }))}>
          <ValueText text={name} most={80} />
        </a>
        <span className="tally-bar">
          <RiskBar counts={branch} highest={highest} />
        </span>
        <RiskCounts
          counts={branch}
          routeOf={(risk) => alarmsRoute({ q: `${branch.q} class:${RISK_WORDS[risk]}`, t })}
        />
      </div>
      {open && branch.children.length > 0 ? (
        <Branches branches={branch.children} depth={depth + 1} highest={highest} t={t} />
      ) : null}
    </li>
  );
}

import { Button } from "@blueprintjs/core";
import type { AssetRow } from "../../engine/contract/console/directives.ts";
import { Icon } from "../ui/icon.tsx";
import { alarmsRoute, href } from "../ui/links.ts";
import { countOf } from "../ui/number-text.ts";
import { safeText } from "../ui/safe-text.ts";
import { ValueText } from "../ui/value-text.tsx";
import type { TreeLine } from "./tree.ts";

/** So deep are lines indented; deeper ones stand below each other. */
const DEEPEST = 8;
/** The scale on which values are shown; higher ones fill it. */
const USUAL_HIGHEST = 5;

interface AssetTreeProps {
  lines: readonly TreeLine[];
  readOnly: string | undefined;
  onEdit: (row: AssetRow) => void;
  onRemove: (row: AssetRow) => void;
}

/** Networks with what lies in them below, each with its value and what is odd about it. */
export function AssetTree({ lines, readOnly, onEdit, onRemove }: AssetTreeProps) {
  return (
    <div className="asset-table-holder">
      <table className="asset-table">
        <thead>
          <tr>
            <th scope="col">Network</th>
            <th scope="col">Name</th>
            <th scope="col">Value</th>
            <th scope="col">Traffic</th>
            <th scope="col">File</th>
            <th scope="col">
              <span className="off-screen">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <AssetLine key={`${line.row.file} ${line.row.index}`} {...{ line, readOnly, onEdit, onRemove }} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AssetLine({
  line: { row, depth, inside },
  readOnly,
  onEdit,
  onRemove,
}: Omit<AssetTreeProps, "lines"> & { line: TreeLine }) {
  const name = safeText(row.name);
  return (
    <>
      <tr className={row.warnings.length > 0 ? "warned" : ""}>
        <th scope="row">
          <span className="asset-network" style={{ paddingInlineStart: Math.min(depth, DEEPEST) * 18 }}>
            {depth > 0 ? <i className="branch" aria-hidden="true" /> : null}
            <a
              className="mono"
              href={href(alarmsRoute({ q: `ip:${row.cidr}`, t: "all" }))}
              title="Alarms from or to it"
            >
              {safeText(row.cidr)}
            </a>
            {inside > 0 ? (
              <span className="t3 sm" title={`${countOf(inside, "entry", "entries")} in it`}>
                {inside}
              </span>
            ) : null}
          </span>
        </th>
        <td className="clip">
          <ValueText text={row.name} most={120} />
        </td>
        <td>
          <span className="asset-value">
            <b className="num">{row.value}</b>
            <span className="meter" aria-hidden="true">
              <i style={{ width: `${Math.min(1, row.value / USUAL_HIGHEST) * 100}%` }} />
            </span>
          </span>
        </td>
        <td>
          {row.whitelisted === true ? (
            <span className="tag line">whitelisted, ignored as source</span>
          ) : (
            <span className="t3">–</span>
          )}
        </td>
        <td className="clip t2">
          <ValueText text={row.file} mono />
        </td>
        <td className="asset-actions">
          <Button
            variant="minimal"
            size="small"
            icon={<Icon name="note" size={14} />}
            aria-label={`Change ${name}`}
            disabled={readOnly !== undefined}
            title={readOnly ?? "Change"}
            onClick={() => onEdit(row)}
          />
          <Button
            variant="minimal"
            size="small"
            icon={<Icon name="trash" size={14} />}
            aria-label={`Remove ${name}`}
            disabled={readOnly !== undefined}
            title={readOnly ?? "Remove"}
            onClick={() => onRemove(row)}
          />
        </td>
      </tr>
      {row.warnings.map((warning) => (
        <tr key={warning} className="asset-warning">
          <td colSpan={6}>
            <span className="row warn sm" style={{ paddingInlineStart: Math.min(depth, DEEPEST) * 18 }}>
              <Icon name="warn" size={14} /> {safeText(warning)}
            </span>
          </td>
        </tr>
      ))}
    </>
  );
}

import type { ReactNode } from "react";
import type { CustomData, Hit } from "../../engine/contract/alarm.ts";
import type { AlarmDetail } from "../../engine/contract/console/alarms.ts";
import { CopyButton } from "../ui/copy.tsx";
import { clipText } from "../ui/safe-text.ts";
import { EmptyState } from "../ui/states.tsx";
import { Address } from "./address.tsx";

/** Rows that are drawn; the record (tab JSON, Copy) has all of them. */
const MOST_ROWS = 500;

/** Answers of intel or vulnerability providers. */
export function HitsTab({ alarm, of }: { alarm: AlarmDetail; of: "intel" | "vulnerabilities" }) {
  const hits: readonly Hit[] = (of === "intel" ? alarm.record.intel_hits : alarm.record.vulnerabilities) ?? [];
  if (hits.length === 0) {
    return of === "intel" ? (
      <EmptyState icon="search" title="No intel hits">
        No provider knew any of its addresses, or none is set up.
      </EmptyState>
    ) : (
      <EmptyState icon="search" title="No vulnerabilities">
        No provider knew a vulnerability of its addresses and ports, or none is set up.
      </EmptyState>
    );
  }
  return (
    <Rows
      label={of === "intel" ? "Intel hits" : "Vulnerabilities"}
      heads={["Provider", of === "intel" ? "Address" : "Address and port", "What it said"]}
      total={hits.length}
      copy={() => JSON.stringify(hits, null, 2)}
    >
      {hits.slice(0, MOST_ROWS).map((hit) => (
        <tr key={`${hit.provider} ${hit.term} ${hit.result}`}>
          <td>{clipText(hit.provider, 80).text}</td>
          <td>
            <Address value={hit.term} values={{ alarm_id: alarm.id, title: alarm.title, src: hit.term }} />
          </td>
          <LongCell text={hit.result} />
        </tr>
      ))}
    </Rows>
  );
}

export function CustomDataTab({ alarm }: { alarm: AlarmDetail }) {
  const pairs: readonly CustomData[] = alarm.record.custom_data ?? [];
  if (pairs.length === 0) {
    return (
      <EmptyState icon="note" title="No custom data">
        None of its events carried any.
      </EmptyState>
    );
  }
  return (
    <Rows
      label="Custom data"
      heads={["Label", "Content"]}
      total={pairs.length}
      copy={() => JSON.stringify(pairs, null, 2)}
    >
      {pairs.slice(0, MOST_ROWS).map((pair) => (
        <tr key={`${pair.label} ${pair.content}`}>
          <td>{clipText(pair.label, 80).text || "–"}</td>
          <LongCell text={pair.content} />
        </tr>
      ))}
    </Rows>
  );
}

function LongCell({ text }: { text: string }) {
  const { text: shown, whole } = clipText(text, 600);
  return (
    <td className="long" title={whole}>
      {shown}
    </td>
  );
}

interface RowsProps {
  label: string;
  heads: readonly string[];
  total: number;
  copy: () => string;
  children: ReactNode;
}

function Rows({ label, heads, total, copy, children }: RowsProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse.
    <section className="alarm-rows" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
      <div className="row alarm-rows-foot">
        <span className="t3 sm grow">
          {total > MOST_ROWS
            ? `The first ${MOST_ROWS} of ${total.toLocaleString("en")}; Copy takes all of them.`
            : total === 1
              ? "1 entry"
              : `${total} entries`}
        </span>
        <CopyButton text={copy} label="Copy all" />
      </div>
    </section>
  );
}

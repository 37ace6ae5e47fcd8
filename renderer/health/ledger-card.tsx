import { Fragment } from "react";
import { useUrlState } from "../ui/hash-location.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { countOf, numberText } from "../ui/number-text.ts";
import { safeText } from "../ui/safe-text.ts";
import { FailedState, StaleNotice } from "../ui/states.tsx";
import { TimeText } from "../ui/time-text.tsx";
import { ValueText } from "../ui/value-text.tsx";
import { type Balance, balanceOf, isLossCause, type LedgerRow, ledgerRows, logShare } from "./ledger.ts";
import { useLosses } from "./use-losses.ts";

/** Every cause by which an event didn't come to be correlated, also those that never happened: a zero is a statement. */
export function LedgerCard() {
  const { data, error, reload } = useLosses();
  const rows = data === undefined ? [] : ledgerRows(data);
  return (
    <section className="card ledger" aria-label="Loss ledger">
      <header>
        <h2>Loss ledger</h2>
        <span className="t3 sm">since the services started, every event accounted for</span>
        <span className="grow" />
        {data === undefined ? null : <BalanceMark balance={balanceOf(data)} />}
      </header>
      {error !== undefined && data !== undefined ? (
        <StaleNotice onRetry={reload}>
          {error.message} Showing the ledger of <TimeText at={data.at} absolute />.
        </StaleNotice>
      ) : null}
      {data !== undefined ? (
        <>
          <BalanceLine balance={balanceOf(data)} />
          <LedgerTable rows={rows.filter(({ count }) => count > 0)} />
          <Zeros rows={rows.filter(({ count }) => count === 0)} />
        </>
      ) : error !== undefined ? (
        <FailedState title="The ledger can't be read" text={error.message} onRetry={reload} />
      ) : null}
    </section>
  );
}

function BalanceMark({ balance: { difference } }: { balance: Balance }) {
  if (difference === 0) {
    return (
      <span className="row sm t2 balance-mark">
        <Icon name="check" size={14} className="ok" /> balance holds, difference 0
      </span>
    );
  }
  return (
    <span className="row sm warn balance-mark">
      <Icon name="warn" size={14} /> difference {numberText(difference)}: the services reported at different moments
    </span>
  );
}

function BalanceLine({ balance }: { balance: Balance }) {
  const { received, correlated, skipped, dropped, waiting, refused, lostInFrontend } = balance;
  return (
    <div className="balance">
      <Term value={received} text="received by backends" />
      <em aria-hidden="true">=</em>
      <Term value={correlated} text="correlated" />
      <em aria-hidden="true">+</em>
      <Term value={skipped} text="skipped on purpose" />
      <em aria-hidden="true">+</em>
      <Term value={dropped} text="dropped" bad />
      <em aria-hidden="true">+</em>
      <Term value={waiting} text="waiting" />
      <span className="grow" />
      <div className="balance-aside">
        <Term value={lostInFrontend} text="lost before a backend" bad />
        <Term value={refused} text="requests refused, sender was told" />
      </div>
    </div>
  );
}

function Term({ value, text, bad }: { value: number; text: string; bad?: boolean }) {
  return (
    <div className={`term${bad && value > 0 ? " warn" : ""}`}>
      <b>{numberText(value)}</b>
      <span>{text}</span>
    </div>
  );
}

function LedgerTable({ rows }: { rows: readonly LedgerRow[] }) {
  const [values, change] = useUrlState();
  const asked = values.get("cause") ?? "";
  const open = isLossCause(asked) ? asked : undefined;
  const highest = Math.max(0, ...rows.map(({ count }) => count));
  if (rows.length === 0) return null;
  return (
    <div className="ledger-holder">
      <table className="ledger-table">
        <thead>
          <tr>
            <th scope="col">Cause</th>
            <th scope="col">Where</th>
            <th scope="col" className="right">
              Count
            </th>
            <th scope="col">Log scale</th>
            <th scope="col" className="right">
              Last
            </th>
            <th scope="col">Latest sample</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Fragment key={row.cause}>
              <LedgerLine
                {...{ row, highest, open: row.cause === open }}
                onToggle={() => change({ cause: row.cause === open ? undefined : row.cause })}
              />
              {row.cause === open ? (
                <tr className="samples">
                  <td colSpan={6}>
                    <Samples row={row} />
                  </td>
                </tr>
              ) : null}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Causes that never happened: each of them is a statement, and all of them together are one line until somebody asks. */
function Zeros({ rows }: { rows: readonly LedgerRow[] }) {
  const [values, change] = useUrlState();
  if (rows.length === 0) return null;
  const asked = values.get("cause") ?? "";
  const open = values.get("zeros") === "1" || rows.some(({ cause }) => cause === asked);
  const toggle = (): void =>
    change({ zeros: open ? undefined : "1", ...(isLossCause(asked) && open ? { cause: undefined } : {}) });
  return (
    <div className="zeros">
      <button type="button" className="cause t2" aria-expanded={open} onClick={toggle}>
        {countOf(rows.length, "counter")} at zero
        <Icon name={open ? "down" : "right"} size={12} className="t3" />
      </button>
      {open ? (
        <ul aria-label="Causes that never happened">
          {rows.map(({ cause, title }) => (
            <li key={cause} className="t2 clip" data-cause={cause}>
              <b className="t3 num">0</b> {title}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

interface LedgerLineProps {
  row: LedgerRow;
  highest: number;
  open: boolean;
  onToggle: () => void;
}
function LedgerLine({ row, highest, open, onToggle }: LedgerLineProps) {
  const [icon, level] = markOf(row);
  const [sample] = row.samples;
  return (
    <tr className={open ? "open" : ""} data-cause={row.cause}>
      <th scope="row">
        <button type="button" className="cause" aria-expanded={open} onClick={onToggle}>
          <Icon name={icon} size={14} className={level} /> {row.title}
          <Icon name={open ? "down" : "right"} size={12} className="t3" />
        </button>
      </th>
      <td className="t2 clip">{row.where.length === 0 ? "–" : safeText(row.where.join(", "))}</td>
      <td className="right num count">{numberText(row.count)}</td>
      <td>
        <span className={`meter ${level === "t3" ? "" : level}`} aria-hidden="true">
          <i style={{ width: `${logShare(row.count, highest) * 100}%` }} />
        </span>
      </td>
      <td className="right t2">{row.lastAt === undefined ? "never" : <TimeText at={row.lastAt} ago />}</td>
      <td className="clip t2">{sample === undefined ? "–" : <ValueText text={sample.text} mono most={120} />}</td>
    </tr>
  );
}

function markOf({ class: lost }: LedgerRow): [icon: IconName, level: "bad" | "warn" | "t3"] {
  if (lost === "skipped") return ["minus", "t3"];
  return lost === "dropped" ? ["x", "bad"] : ["warn", "warn"];
}

function Samples({ row }: { row: LedgerRow }) {
  if (row.samples.length === 0) return <p className="t3 sm">No sample was kept of this cause.</p>;
  return (
    <>
      <p className="t3 sm">
        The last {countOf(row.samples.length, "sample")} of {numberText(row.count)}.
      </p>
      <ul>
        {row.samples.map((sample) => (
          <li key={`${sample.node} ${sample.at} ${sample.text}`}>
            <TimeText at={sample.at} absolute />
            <span className="mono t2">{safeText(sample.node)}</span>
            <ValueText text={sample.text} mono most={400} />
            {sample.event_id === undefined ? null : (
              <span className="t3 sm">
                event <ValueText text={sample.event_id} mono most={60} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

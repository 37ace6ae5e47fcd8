import { Button } from "@blueprintjs/core";
import type { ReactNode } from "react";
import { CopyButton } from "./copy.tsx";
import { Icon, type IconName } from "./icon.tsx";
import { safeText } from "./safe-text.ts";
import { capitalText } from "./sentence.ts";

/*
 * Six things that must never look alike (design 11): nothing yet, filtered out, engine down, stale, one thing failed, back
 * again. Each stands inside the area whose data it speaks for.
 */

interface EmptyProps {
  icon: IconName;
  title: string;
  children?: ReactNode;
  /** Buttons and links; the most helpful first. */
  actions?: ReactNode;
}

/** Nothing is there yet: says what works, and where to look next. */
export function EmptyState({ icon, title, children, actions }: EmptyProps) {
  return (
    <div className="state">
      <Icon name={icon} size={28} />
      <h2>{title}</h2>
      {children === undefined ? null : <div className="state-text">{children}</div>}
      {actions === undefined ? null : <div className="state-actions">{actions}</div>}
    </div>
  );
}

/** There is something, and the filter hides it. */
export function FilteredOut({
  title,
  children,
  onClear,
}: {
  title: string;
  children?: ReactNode;
  onClear: () => void;
}) {
  const clear = (
    <Button intent="primary" size="small" onClick={onClear}>
      Clear the filter
    </Button>
  );
  return (
    <EmptyState icon="filter" title={title} actions={clear}>
      {children}
    </EmptyState>
  );
}

interface DownProps {
  title: string;
  /** What it means, and what still works. */
  children?: ReactNode;
  /** The last lines of its log. */
  lines?: readonly string[];
  onRestart?: (() => void) | undefined;
  /** Where the whole log is. */
  logHref?: string;
}

/** The last lines are what it died of. */
function showEnd(box: HTMLElement | null): void {
  if (box !== null) box.scrollTop = box.scrollHeight;
}

/** Part of the engine doesn't run: the cause first, then the way out, then the log. */
export function DownState({ title, children, lines = [], onRestart, logHref }: DownProps) {
  const heading = capitalText(title);
  return (
    <section className="state-panel" aria-label={heading}>
      <h2>
        <Icon name="plug" className="bad" /> {heading}
      </h2>
      <div className="state-text">{children}</div>
      {lines.length === 0 ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
        <pre className="code state-log" tabIndex={0} ref={showEnd}>
          {lines.map(safeText).join("\n")}
        </pre>
      )}
      <div className="state-actions">
        {onRestart === undefined ? null : (
          <Button intent="primary" size="small" icon={<Icon name="refresh" size={14} />} onClick={onRestart}>
            Restart
          </Button>
        )}
        {lines.length === 0 ? null : <CopyButton text={lines.join("\n")} label="Copy details" />}
        {logHref === undefined ? null : (
          <a className="bp6-button bp6-minimal bp6-small" href={logHref}>
            All logs
          </a>
        )}
      </div>
    </section>
  );
}

interface FailedProps {
  title: string;
  /** Cause, and what to do; one or two sentences. */
  text: string;
  details?: string;
  onRetry?: (() => void) | undefined;
}

/** One thing failed: cause, retry, copy details. */
export function FailedState({ title, text, details, onRetry }: FailedProps) {
  return (
    <section className="state-panel failed" role="alert">
      <h2>
        <Icon name="x" className="bad" /> {title}
      </h2>
      <p className="state-text">{safeText(text)}</p>
      <div className="state-actions">
        {onRetry === undefined ? null : (
          <Button intent="primary" size="small" onClick={onRetry}>
            Retry
          </Button>
        )}
        <CopyButton text={details ?? `${title}\n${text}`} label="Copy details" />
      </div>
    </section>
  );
}

/** Data that stays and is old: said above it, with its age. */
export function StaleNotice({ children, onRetry }: { children: ReactNode; onRetry?: (() => void) | undefined }) {
  return (
    <div className="stale-notice" role="status">
      <Icon name="clock" className="warn" />
      <span className="grow">{children}</span>
      {onRetry === undefined ? null : (
        <Button size="small" onClick={onRetry}>
          Try now
        </Button>
      )}
    </div>
  );
}

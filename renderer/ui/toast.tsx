import { Button } from "@blueprintjs/core";
import { useEffect, useSyncExternalStore } from "react";
import { Icon } from "./icon.tsx";
import { Keys, useShortcuts } from "./shortcuts.tsx";

/** What was done, in a few words; with `undo`, for as long as it can be taken back. One at a time: the last one counts. */
export interface Toast {
  text: string;
  level: "ok" | "bad";
  undo?: { until: number; run: () => void };
}

const SHOWN_MS = 6_000;
const TICK_MS = 250;

let current: (Toast & { id: number; since: number; until: number }) | undefined;
let nextId = 1;
const listeners = new Set<() => void>();
function change(next: typeof current): void {
  current = next;
  for (const listener of listeners) listener();
}

export function showToast(toast: Toast): void {
  const since = Date.now();
  change({ ...toast, id: nextId++, since, until: toast.undo?.until ?? since + SHOWN_MS });
}
function dismissToast(): void {
  change(undefined);
}

function useToast() {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

/** Where toasts appear; once, in the frame. */
export function Toaster() {
  const toast = useToast();
  return (
    <div className="toaster" role="status" aria-live="polite">
      {toast === undefined ? null : <ToastCard key={toast.id} toast={toast} />}
    </div>
  );
}

function ToastCard({ toast }: { toast: NonNullable<typeof current> }) {
  const secondsLeft = useSyncExternalStore(everyTick, () => Math.max(0, Math.ceil((toast.until - Date.now()) / 1000)));
  useEffect(() => {
    if (secondsLeft === 0) dismissToast();
  }, [secondsLeft]);
  const undo = () => {
    toast.undo?.run();
    dismissToast();
  };
  useShortcuts(toast.undo === undefined ? {} : { undo });
  return (
    <div className="toast float">
      <div className="row">
        <Icon name={toast.level === "ok" ? "check" : "x"} size={14} className={toast.level} />
        <span className="grow">{toast.text}</span>
        {toast.undo === undefined ? null : (
          <>
            <Button size="small" icon={<Icon name="undo" size={14} />} onClick={undo} endIcon={<Keys action="undo" />}>
              Undo
            </Button>
            <span className="num t3 sm" aria-hidden="true">
              {secondsLeft} s
            </span>
          </>
        )}
        <Button
          variant="minimal"
          size="small"
          icon={<Icon name="x" size={14} />}
          aria-label="Dismiss"
          onClick={dismissToast}
        />
      </div>
      {toast.undo === undefined ? null : (
        <div className="toast-time" aria-hidden="true">
          <i style={{ animationDuration: `${toast.until - toast.since}ms` }} />
        </div>
      )}
    </div>
  );
}

function everyTick(run: () => void): () => void {
  const timer = setInterval(run, TICK_MS);
  return () => clearInterval(timer);
}

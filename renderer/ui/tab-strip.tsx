import type { KeyboardEvent } from "react";
import "./tab-strip.css";

export interface TabEntry<Id extends string> {
  id: Id;
  title: string;
  /** How many things are behind it; left out where a number says nothing. */
  count?: number | undefined;
}

interface TabStripProps<Id extends string> {
  /** What the tabs are of; also ties them to their panel. */
  name: string;
  label: string;
  tabs: readonly TabEntry<Id>[];
  current: Id;
  onChange: (id: Id) => void;
}

export const tabId = (name: string, id: string): string => `${name}-tab-${id}`;
export const panelId = (name: string): string => `${name}-panel`;

/** Tabs over one panel: a single stop of the Tab key, arrows go between them. */
export function TabStrip<Id extends string>({ name, label, tabs, current, onChange }: TabStripProps<Id>) {
  const move = (event: KeyboardEvent<HTMLButtonElement>): void => {
    const at = tabs.findIndex((tab) => tab.id === current);
    const next = neighbour(event.key, at, tabs.length);
    const tab = next === undefined ? undefined : tabs[next];
    if (tab === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(tab.id);
    document.getElementById(tabId(name, tab.id))?.focus();
  };
  return (
    <div className="tab-strip" role="tablist" aria-label={label}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={tabId(name, tab.id)}
          aria-selected={tab.id === current}
          aria-controls={panelId(name)}
          tabIndex={tab.id === current ? 0 : -1}
          onClick={() => onChange(tab.id)}
          onKeyDown={move}
        >
          {tab.title}
          {tab.count !== undefined && <span className="n">{tab.count.toLocaleString("en")}</span>}
        </button>
      ))}
    </div>
  );
}

function neighbour(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case "ArrowRight":
      return (at + 1) % count;
    case "ArrowLeft":
      return (at + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

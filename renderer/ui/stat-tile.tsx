import type { ReactNode } from "react";
import { href } from "./links.ts";
import { numberText } from "./number-text.ts";

interface StatTileProps {
  label: ReactNode;
  value: number;
  /** The unit, always written where there is one. */
  unit?: string;
  /** The list behind the number. */
  route?: string;
  level?: "bad" | "warn" | "ok";
  children?: ReactNode;
}

/** A number that a person reads from two metres, linked to the list behind it. */
export function StatTile({ label, value, unit, route, level, children }: StatTileProps) {
  const figure = (
    <>
      <b className={level ?? ""}>{numberText(value)}</b>
      {unit === undefined ? null : <span className="t3"> {unit}</span>}
    </>
  );
  return (
    <div className="stat-tile">
      <div className="label">{label}</div>
      <div className="stat-figure">{route === undefined ? figure : <a href={href(route)}>{figure}</a>}</div>
      {children}
    </div>
  );
}

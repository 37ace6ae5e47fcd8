import { type ReactNode, useState } from "react";
import { Icon } from "./icon.tsx";
import { numberText } from "./number-text.ts";
import { valuesOf, withValue } from "./query-terms.ts";
import { clipText } from "./safe-text.ts";

export interface FacetValue {
  value: string;
  count: number;
  /** How it is shown where its value isn't for people: a directive's name for its id. */
  label?: ReactNode;
}
export interface FacetGroup {
  /** The field of the query language. */
  field: string;
  title: string;
  values: readonly FacetValue[];
  /** Values beyond those. */
  more: number;
  mono?: boolean;
  /** Closed until somebody opens it. */
  closed?: boolean;
}

interface FacetListProps {
  groups: readonly FacetGroup[];
  /** The list's query: it says which values are wanted and which are shut out. */
  query: string;
  onQuery: (query: string) => void;
}

/** Values to filter by, with how many rows each would leave. A value that is shut out is struck through. */
export function FacetList({ groups, query, onQuery }: FacetListProps) {
  return (
    <div className="facets">
      {groups.map((group) => (
        <Group key={group.field} group={group} query={query} onQuery={onQuery} />
      ))}
    </div>
  );
}

function Group({ group, query, onQuery }: { group: FacetGroup } & Omit<FacetListProps, "groups">) {
  const { included, excluded } = valuesOf(query, group.field);
  const [open, setOpen] = useState<boolean>();
  const isOpen = open ?? (!group.closed || included.size > 0 || excluded.size > 0);
  // A value that is filtered for stays in sight, also when nothing has it any more.
  const missing = [...included, ...excluded].filter((value) => !group.values.some((each) => each.value === value));
  const values: FacetValue[] = [...group.values, ...missing.map((value) => ({ value, count: 0 }))];
  return (
    <section className="facet">
      <h2>
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name={isOpen ? "down" : "right"} size={12} />
          <span className="grow">{group.title}</span>
          {isOpen ? null : <span className="n">{values.length + group.more}</span>}
        </button>
      </h2>
      {isOpen ? (
        <ul>
          {values.map((each) => (
            <Value
              key={each.value}
              value={each}
              group={group}
              state={included.has(each.value) ? "included" : excluded.has(each.value) ? "excluded" : undefined}
              onWant={(want) => onQuery(withValue(query, group.field, each.value, want))}
            />
          ))}
          {group.more > 0 ? <li className="more">{numberText(group.more)} more</li> : null}
        </ul>
      ) : null}
    </section>
  );
}

interface ValueProps {
  value: FacetValue;
  group: FacetGroup;
  state: "included" | "excluded" | undefined;
  onWant: (want: "include" | "exclude" | "neither") => void;
}
const MOST_SHOWN = 60;

function Value({ value, group, state, onWant }: ValueProps) {
  const clipped = clipText(value.value === "" ? "(empty)" : value.value, MOST_SHOWN);
  const name = value.label ?? clipped.text;
  return (
    <li className={state === "excluded" ? "off" : ""}>
      <label title={typeof name === "string" ? name : clipped.text}>
        <input
          type="checkbox"
          className="chk"
          checked={state === "included"}
          onChange={() => onWant(state === undefined ? "include" : "neither")}
        />
        <span className={`clip grow${group.mono ? " mono" : ""}`}>
          {state === "excluded" ? <s>{name}</s> : name}
          {state === "excluded" ? <span className="off-screen"> (hidden)</span> : null}
        </span>
        <span className="n">{numberText(value.count)}</span>
      </label>
      <button
        type="button"
        className="hide"
        aria-pressed={state === "excluded"}
        aria-label={`Hide ${group.title} ${clipped.text}`}
        title={state === "excluded" ? "Show again" : "Hide these"}
        onClick={() => onWant(state === "excluded" ? "neither" : "exclude")}
      >
        <Icon name="minus" size={12} />
      </button>
    </li>
  );
}

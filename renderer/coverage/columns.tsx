import type { CoverageAnswer, SeenKind } from "../../engine/contract/console/coverage.ts";
import type { GridColumn } from "../ui/grid/column.ts";
import { directivesRoute, eventsRoute, href } from "../ui/links.ts";
import { countCell } from "../ui/number-text.ts";
import { safeText } from "../ui/safe-text.ts";
import { TimeText } from "../ui/time-text.tsx";
import { ValueText } from "../ui/value-text.tsx";
import { kindQuery, kindText } from "./kind.ts";

type CoveredDirective = CoverageAnswer["directives"][number];
type StrangeAddress = CoverageAnswer["addresses"][number];

function number<Row>(id: string, title: string, width: number, of: (row: Row) => number): GridColumn<Row> {
  return {
    ...{ id, title, width, align: "right" },
    cell: (row) => <span className="num">{countCell(of(row))}</span>,
    text: (row) => String(of(row)),
  };
}

function lastSeen<Row extends { last: number }>(): GridColumn<Row> {
  return {
    ...{ id: "last", title: "Last", width: 92, align: "right", quiet: true },
    cell: ({ last }) => <TimeText at={last} ago />,
    text: ({ last }) => new Date(last).toISOString(),
  };
}

/** Kinds of events that no directive looks at. */
export function uncoveredColumns(t: string, draft: (seen: SeenKind) => void): GridColumn<SeenKind>[] {
  return [
    {
      ...{ id: "kind", title: "Kind", width: 190 },
      cell: ({ is }) => (
        <a className="link mono" href={href(eventsRoute({ q: kindQuery(is), t }))}>
          <ValueText text={kindText(is)} mono />
        </a>
      ),
      text: ({ is }) => kindText(is),
    },
    {
      ...{ id: "by", title: "Named by", width: 110, folds: 1 },
      cell: ({ is }) => <span className="t2">{is.kind === "plugin" ? "plugin and sid" : "taxonomy"}</span>,
      text: ({ is }) => is.kind,
    },
    {
      ...{ id: "title", title: "Title seen last", width: 240, flex: true },
      cell: ({ title }) => <ValueText text={title} />,
      text: ({ title }) => safeText(title),
    },
    number("count", "Events", 84, ({ count }) => count),
    lastSeen(),
    {
      ...{ id: "draft", title: "Directive", width: 128, align: "right", quiet: true },
      cell: (seen) => (
        <button type="button" className="link-button" onClick={() => draft(seen)}>
          Draft a directive
        </button>
      ),
      text: () => "",
    },
  ];
}

/** Directives with a rule that no event of the range met. */
export function directiveColumns(): GridColumn<CoveredDirective>[] {
  return [
    {
      ...{ id: "id", title: "Id", width: 92 },
      cell: ({ id }) => (
        <a className="link mono" href={href(directivesRoute(id))}>
          {id}
        </a>
      ),
      text: ({ id }) => String(id),
    },
    {
      ...{ id: "name", title: "Name", width: 220, flex: true },
      cell: ({ name }) => <ValueText text={name} />,
      text: ({ name }) => safeText(name),
    },
    {
      ...{ id: "rules", title: "Rules that no event met", width: 300, flex: true },
      cell: (row) => <ValueText text={unmetText(row)} />,
      text: (row) => unmetText(row),
    },
    number("matched", "Events that met a rule", 156, ({ matched }) => matched),
    {
      ...{ id: "file", title: "File", width: 220, folds: 1 },
      cell: ({ file }) => <ValueText text={file} mono />,
      text: ({ file }) => file,
    },
  ];
}

/** `all 3`, or the stages with what came near them: `2 Many users (41 events of its kind)`. */
function unmetText({ stages }: CoveredDirective): string {
  const unmet = stages.filter(({ matched }) => matched === 0);
  if (unmet.length === stages.length && unmet.every(({ interested }) => interested === 0))
    return `all ${stages.length}`;
  const texts = unmet.map(({ stage, name, interested }) =>
    interested === 0
      ? `${stage} ${name}`
      : `${stage} ${name} (${countCell(interested)} ${interested === 1 ? "event" : "events"} of its kind)`,
  );
  return texts.join(", ");
}

/** Addresses that no asset gives a value. */
export function addressColumns(t: string): GridColumn<StrangeAddress>[] {
  return [
    {
      ...{ id: "ip", title: "Address", width: 220, flex: true },
      cell: ({ ip }) => (
        <a className="link mono" href={href(eventsRoute({ q: `ip:${ip}`, t }))}>
          {ip}
        </a>
      ),
      text: ({ ip }) => ip,
    },
    number("source", "As source", 110, ({ asSource }) => asSource),
    number("target", "As target", 110, ({ asTarget }) => asTarget),
    lastSeen(),
  ];
}

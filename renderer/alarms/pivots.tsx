import { MenuItem } from "@blueprintjs/core";
import type { AlarmRow } from "../../engine/contract/console/alarms.ts";
import { Icon } from "../ui/icon.tsx";
import {
  alarmRoute,
  alarmsRoute,
  assetsRoute,
  backlogsRoute,
  directivesRoute,
  eventsRoute,
  href,
} from "../ui/links.ts";

/** Where a cell leads besides filtering: the alarms, backlogs and events of its address, the directive, the whole alarm. */
export function Pivots({ row, column }: { row: AlarmRow; column: string }) {
  const address = column === "source" ? row.src : column === "target" ? row.dst : "";
  return (
    <>
      {address === "" ? null : (
        <>
          <MenuItem
            icon={<Icon name="alarms" />}
            text="Its alarms"
            href={href(alarmsRoute({ q: `ip:${address}`, t: "all" }))}
          />
          <MenuItem icon={<Icon name="backlogs" />} text="Its backlogs" href={href(backlogsRoute({ ip: address }))} />
          <MenuItem icon={<Icon name="events" />} text="Its events" href={href(eventsRoute({ q: `ip:${address}` }))} />
          <MenuItem icon={<Icon name="assets" />} text="Its asset value" href={href(assetsRoute(address))} />
        </>
      )}
      {row.directiveId === undefined ? null : (
        <MenuItem
          icon={<Icon name="directives" />}
          text="Its directive"
          href={href(directivesRoute(row.directiveId))}
        />
      )}
      <MenuItem icon={<Icon name="open" />} text="Open on its own" href={href(alarmRoute(row.id))} />
    </>
  );
}

import { MenuItem } from "@blueprintjs/core";
import type { ConsoleEvent } from "../../engine/contract/console/events.ts";
import { useSettings } from "../state/session.ts";
import { Icon } from "../ui/icon.tsx";
import { alarmsRoute, assetsRoute, backlogsRoute, href } from "../ui/links.ts";
import { logSearchUrl } from "../ui/log-search.ts";

/** Ways from a cell of an event: from an address to what has to do with it, from the event to the log search. */
export function CellPivots({
  row: { event },
  column,
  onExplain,
}: {
  row: ConsoleEvent;
  column: string;
  onExplain: () => void;
}) {
  const settings = useSettings();
  const address = column === "source" ? event.src_ip : column === "target" ? event.dst_ip : undefined;
  const template = address === undefined ? settings.logSearch.event : settings.logSearch.address;
  const at = Date.parse(event.timestamp);
  const url = logSearchUrl(template, {
    event_id: event.event_id,
    src: event.src_ip,
    dst: event.dst_ip,
    title: event.title,
    src_index_pattern: event.src_index_pattern,
    from: at,
    to: at,
  });
  return (
    <>
      <MenuItem icon={<Icon name="bug" />} text="Explain" onClick={onExplain} />
      {address !== undefined && (
        <>
          <MenuItem
            icon={<Icon name="alarms" />}
            text="Its alarms"
            href={href(alarmsRoute({ q: `ip:${address}`, t: "all" }))}
          />
          <MenuItem icon={<Icon name="backlogs" />} text="Its backlogs" href={href(backlogsRoute({ ip: address }))} />
          <MenuItem icon={<Icon name="assets" />} text="What the assets say of it" href={href(assetsRoute(address))} />
        </>
      )}
      {url !== undefined && (
        <MenuItem
          icon={<Icon name="external" />}
          text="Look in the log search"
          href={url}
          target="_blank"
          rel="noopener noreferrer"
        />
      )}
    </>
  );
}

import { Button, PopoverNext } from "@blueprintjs/core";
import { togglePause, usePause } from "../state/pause.ts";
import { useSession } from "../state/session.ts";
import { CopyButton } from "../ui/copy.tsx";
import { Icon } from "../ui/icon.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { href, settingsRoute } from "../ui/links.ts";
import { Keys } from "../ui/shortcuts.tsx";
import { clockText } from "../ui/time.ts";
import { TimeText, useTimeStyle } from "../ui/time-text.tsx";
import { ConnectionPill } from "./connection-pill.tsx";
import { RangeMenu } from "./range-menu.tsx";
import { SCREENS } from "./screens.ts";

interface TopBarProps {
  /** The screen has a time range. */
  timeRange: boolean;
  onSearch: () => void;
}

export function TopBar({ timeRange, onSearch }: TopBarProps) {
  return (
    <header className="top">
      <Instance />
      <ConnectionPill />
      <button type="button" className="omni" onClick={onSearch}>
        <Icon name="search" size={14} />
        <span className="grow">Search alarms, addresses, commands</span>
        <Keys action="palette" />
      </button>
      {timeRange ? <RangeMenu /> : null}
      <LiveSwitch />
    </header>
  );
}

/** Which console this is; pressed, it tells about itself. */
function Instance() {
  const { profile, product, version, commit, user, eventsUrl, startedAt } = useSession();
  const about = (
    <div className="about">
      <h2>{product}</h2>
      <KeyValue
        items={[
          ["Version", `${version}${commit === "" ? "" : ` (${commit})`}`],
          ["Profile", profile === undefined ? "none" : `${profile.name} (${profile.kind})`],
          [
            "Folder",
            <span key="folder" className="mono">
              {profile?.folder ?? "–"}
            </span>,
          ],
          [
            "Events to",
            <span key="url" className="mono">
              {eventsUrl}
            </span>,
          ],
          ["You", user === "" ? "not named" : user],
          ["Started", <TimeText key="started" at={startedAt} ago />],
        ]}
      />
      <CopyButton label="Copy the events’ address" text={eventsUrl} />
      {SCREENS.some((screen) => screen.name === "settings") ? (
        <a className="bp6-button bp6-minimal bp6-small" href={href(settingsRoute())}>
          Settings
        </a>
      ) : null}
    </div>
  );
  return (
    <PopoverNext placement="bottom-start" content={about}>
      <Button
        variant="minimal"
        className="inst"
        text={profile?.name ?? product}
        endIcon={<Icon name="down" size={12} />}
        title="About this console"
      />
    </PopoverNext>
  );
}

/** Live, or paused with the clock it stopped at. */
function LiveSwitch() {
  const pause = usePause();
  const { zone } = useTimeStyle();
  const toggle = () => togglePause(Date.now());
  return (
    <fieldset className="seg" title="Live or paused (l)">
      <legend className="off-screen">Updates</legend>
      <button
        type="button"
        className={pause.paused ? "" : "on"}
        aria-pressed={!pause.paused}
        onClick={pause.paused ? toggle : undefined}
      >
        <span className={`dot ${pause.paused ? "off" : ""}`} aria-hidden="true" />
        Live
      </button>
      <button
        type="button"
        className={pause.paused ? "on" : ""}
        aria-pressed={pause.paused}
        onClick={pause.paused ? undefined : toggle}
      >
        <Icon name="pause" size={12} />
        {pause.paused ? `Paused ${clockText(pause.at, zone)}` : "Pause"}
      </button>
    </fieldset>
  );
}

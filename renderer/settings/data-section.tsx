import { useSession, useSettings } from "../state/session.ts";
import { healthRoute, href } from "../ui/links.ts";
import { safeText } from "../ui/safe-text.ts";
import { NumberField } from "./number-field.tsx";
import { Section, Setting } from "./section.tsx";
import { changeSettings } from "./settings-change.ts";

/** Where the data is, and how much of it is kept. */
export function DataSection() {
  const { retention } = useSettings();
  const { profile } = useSession();
  const change = (part: Partial<typeof retention>) => changeSettings({ retention: { ...retention, ...part } });
  return (
    <Section id="data" title="Data">
      <Setting name="Data folder" text="Configuration in configs, alarms and logs of the engine in logs.">
        <span className="mono">{profile === undefined ? "as the frontend was started" : safeText(profile.folder)}</span>
      </Setting>
      <Setting
        name="Alarms are kept"
        text="Days; 0 keeps them for ever. The engine's own files aren't touched."
        controlId="settings-days"
      >
        <NumberField
          id="settings-days"
          value={retention.alarmDays}
          lowest={0}
          highest={36_500}
          onChange={(alarmDays) => change({ alarmDays })}
        />
      </Setting>
      <Setting
        name="Database at most"
        text="Megabytes; 0 sets no limit. Beyond it go the oldest that are done with, or that nobody touched."
        controlId="settings-megabytes"
      >
        <NumberField
          id="settings-megabytes"
          value={retention.maxMegabytes}
          lowest={0}
          highest={10_000_000}
          onChange={(maxMegabytes) => change({ maxMegabytes })}
        />
      </Setting>
      <Setting name="Events kept for search" text="The last so many; 0 keeps none." controlId="settings-events">
        <NumberField
          id="settings-events"
          value={retention.events}
          lowest={0}
          highest={100_000_000}
          onChange={(events) => change({ events })}
        />
      </Setting>
      <Setting name="Backup and diagnostics" text="A consistent copy of the database; a zip of logs without secrets.">
        <a className="bp6-button bp6-small" href={href(healthRoute())}>
          On the Health screen
        </a>
      </Setting>
    </Section>
  );
}

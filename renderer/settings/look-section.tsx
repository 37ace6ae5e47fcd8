import { HTMLSelect, SegmentedControl } from "@blueprintjs/core";
import { useSettings } from "../state/session.ts";
import { isoText, zoneName } from "../ui/time.ts";
import { useNow } from "../ui/time-text.tsx";
import { Section, Setting } from "./section.tsx";
import { changeSettings } from "./settings-change.ts";

const THEMES = [
  { value: "system", label: "System" },
  { value: "dark", label: "Dark" },
  { value: "light", label: "Light" },
] as const;
const DENSITIES = [
  { value: "compact", label: "Compact" },
  { value: "comfortable", label: "Comfortable" },
] as const;
const TIMES = [
  { value: "relative", label: "3 min ago" },
  { value: "absolute", label: "14:32:07" },
] as const;
const ZONES = Intl.supportedValuesOf("timeZone");

export function LookSection() {
  const { theme, density, times, timeZone } = useSettings();
  const now = useNow();
  return (
    <Section id="look" title="Look">
      <Setting name="Theme">
        <Choice label="Theme" options={THEMES} value={theme} onChoose={(next) => changeSettings({ theme: next })} />
      </Setting>
      <Setting name="Density" text="Rows of tables: 28 or 36 pixels.">
        <Choice
          label="Density"
          options={DENSITIES}
          value={density}
          onChoose={(next) => changeSettings({ density: next })}
        />
      </Setting>
      <Setting name="Times" text="The other one is in the tooltip.">
        <Choice label="Times" options={TIMES} value={times} onChoose={(next) => changeSettings({ times: next })} />
      </Setting>
      <Setting name="Time zone" text={`Now ${isoText(now, timeZone)}`} controlId="settings-zone">
        <HTMLSelect
          id="settings-zone"
          value={timeZone}
          onChange={({ target }) => void changeSettings({ timeZone: target.value })}
        >
          <option value="">This machine's ({zoneName("")})</option>
          <option value="UTC">UTC</option>
          {ZONES.filter((zone) => zone !== "UTC").map((zone) => (
            <option key={zone}>{zone}</option>
          ))}
        </HTMLSelect>
      </Setting>
    </Section>
  );
}

interface ChoiceProps<V extends string> {
  label: string;
  options: readonly { value: V; label: string }[];
  value: V;
  onChoose: (value: V) => Promise<void>;
}
function Choice<V extends string>({ label, options, value, onChoose }: ChoiceProps<V>) {
  return (
    <SegmentedControl
      size="small"
      aria-label={label}
      options={options.map((option) => ({ ...option }))}
      value={value}
      onValueChange={(next) => {
        const chosen = options.find((option) => option.value === next);
        if (chosen !== undefined) void onChoose(chosen.value);
      }}
    />
  );
}

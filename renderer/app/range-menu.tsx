import { Button, Menu, MenuDivider, MenuItem, PopoverNext } from "@blueprintjs/core";
import { type FormEvent, useState } from "react";
import { Icon } from "../ui/icon.tsx";
import { shortDateText } from "../ui/time.ts";
import { RANGES, rangeText, useTimeRange, writeRange } from "../ui/time-range.ts";
import { useTimeStyle } from "../ui/time-text.tsx";

/** The time range of the screen: the last so long, all, or between two points in time. */
export function RangeMenu() {
  const { range, text, setRange } = useTimeRange();
  const { zone } = useTimeStyle();
  const [isOpen, setOpen] = useState(false);
  const choose = (value: string) => {
    setRange(value);
    setOpen(false);
  };
  const content = (
    <Menu aria-label="Time range">
      {RANGES.map((each) => (
        <MenuItem key={each.value} text={each.text} active={each.value === text} onClick={() => choose(each.value)} />
      ))}
      <MenuItem text="All time" active={text === "all"} onClick={() => choose("all")} />
      <MenuDivider />
      <li>
        <Between onChoose={choose} />
      </li>
    </Menu>
  );
  return (
    <PopoverNext isOpen={isOpen} onInteraction={setOpen} placement="bottom-end" content={content}>
      <Button
        variant="minimal"
        icon={<Icon name="clock" size={14} />}
        endIcon={<Icon name="down" size={12} />}
        text={rangeText(range, (at) => shortDateText(at, Date.now(), zone))}
        title="Time range"
      />
    </PopoverNext>
  );
}

/** Two points in time, on this machine's clock. */
function Between({ onChoose }: { onChoose: (range: string) => void }) {
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [start, end] = [Date.parse(from), to === "" ? Date.now() : Date.parse(to)];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (start < end) onChoose(writeRange(start, end));
  };
  return (
    <form className="between" onSubmit={submit}>
      <label>
        From
        <input
          className="bp6-input"
          type="datetime-local"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
      </label>
      <label>
        To
        <input className="bp6-input" type="datetime-local" value={to} onChange={(event) => setTo(event.target.value)} />
      </label>
      <Button type="submit" size="small" text="Between" disabled={!(start < end)} />
    </form>
  );
}

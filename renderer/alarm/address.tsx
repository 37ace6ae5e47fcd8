import { Menu, MenuDivider, MenuItem, PopoverNext } from "@blueprintjs/core";
import { useSettings } from "../state/session.ts";
import { copyText } from "../ui/copy.tsx";
import { Icon } from "../ui/icon.tsx";
import type { LogSearchValues } from "../ui/log-search.ts";
import { clipText } from "../ui/safe-text.ts";
import { addressPivots, type Pivot } from "./pivots.ts";

/** Longer values than an address ever is come from elsewhere. */
const MOST_SHOWN = 60;

/** An address, and behind a click the ways to what has to do with it. What isn't an address is text alone. */
export function Address({ value, values }: { value: string; values: LogSearchValues }) {
  const settings = useSettings();
  const pivots = addressPivots(value, settings, values);
  const { text, whole } = clipText(value, MOST_SHOWN);
  if (pivots.length === 0) {
    return (
      <span className={value === "any" ? "t3 sm" : "mono"} title={whole}>
        {text}
      </span>
    );
  }
  return (
    <PopoverNext placement="bottom-start" content={<AddressMenu value={value} pivots={pivots} />}>
      <button type="button" className="address mono" aria-haspopup="menu" title={whole}>
        {text}
      </button>
    </PopoverNext>
  );
}

function AddressMenu({ value, pivots }: { value: string; pivots: readonly Pivot[] }) {
  return (
    <Menu>
      <MenuItem icon={<Icon name="copy" />} text={`Copy ${value}`} onClick={() => void copyText(value)} />
      <MenuDivider />
      {pivots.map((pivot) => (
        <PivotItem key={pivot.href} pivot={pivot} />
      ))}
    </Menu>
  );
}

export function PivotItem({ pivot: { text, icon, href, external } }: { pivot: Pivot }) {
  const away = external ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return <MenuItem icon={<Icon name={icon} />} text={text} href={href} {...away} />;
}

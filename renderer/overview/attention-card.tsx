import type { Attention } from "../../engine/contract/console/overview.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { href } from "../ui/links.ts";
import { safeText } from "../ui/safe-text.ts";
import { capitalText, sentenceText } from "../ui/sentence.ts";
import { attentionInOrder } from "./figures.ts";

const ICONS: Readonly<Record<Attention["level"], IconName>> = { bad: "x", warn: "warn", note: "info" };
const LEVEL_WORDS: Readonly<Record<Attention["level"], string>> = { bad: "Urgent", warn: "Warning", note: "Note" };

/** What a person should look at, the worst first, each with the way to where it shows. */
export function AttentionCard({ items }: { items: readonly Attention[] }) {
  return (
    <section className="card attention" aria-label="Needs attention">
      <header>
        <h2>Needs attention</h2>
        <span className="t3 num">{items.length}</span>
      </header>
      {items.length === 0 ? (
        <p className="attention-none t2">
          <Icon name="check" className="ok" /> Nothing: services are up, no event was dropped, every directive can
          alarm.
        </p>
      ) : (
        <ul className="attention-items">
          {attentionInOrder(items).map((item) => (
            <li key={`${item.kind} ${item.title}`}>
              <a href={href(item.href)}>
                <Icon name={ICONS[item.level]} className={item.level === "note" ? "t2" : item.level} />
                <span className="off-screen">{LEVEL_WORDS[item.level]}: </span>
                <span className="grow">
                  <span className="med" title={safeText(item.title)}>
                    {capitalText(safeText(item.title))}
                  </span>
                  <span className="t2 sm attention-text" title={safeText(item.text)}>
                    {sentenceText(safeText(item.text))}
                  </span>
                </span>
                <Icon name="right" size={14} className="t3" />
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

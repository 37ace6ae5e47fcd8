import type { ReactNode } from "react";
import type { Hit } from "../../engine/contract/alarm.ts";
import type { AlarmDetail } from "../../engine/contract/console/alarms.ts";
import { directivesRoute, href } from "../ui/links.ts";
import { NoteText } from "../ui/note-text.tsx";
import { clipText, safeText } from "../ui/safe-text.ts";
import { TimeText } from "../ui/time-text.tsx";
import { Address } from "./address.tsx";

/** Entries of a list that the column shows; the tabs have all of them. */
const SHOWN = 6;

/** What is worth knowing at a glance, beside every tab. */
export function Facts({ alarm, onTab }: { alarm: AlarmDetail; onTab: (tab: "intel" | "vuln" | "activity") => void }) {
  const { record } = alarm;
  return (
    <aside className="alarm-facts" aria-label="Facts">
      <Addresses title="Sources" addresses={record.src_ips} alarm={alarm} side="src" />
      <Addresses title="Targets" addresses={record.dst_ips} alarm={alarm} side="dst" />
      <section>
        <h2>Directive</h2>
        <dl>
          <Pair label="Id">
            {alarm.directiveId === undefined ? (
              <span className="t3">not known</span>
            ) : (
              <a className="link mono" href={href(directivesRoute(alarm.directiveId))}>
                {alarm.directiveId}
              </a>
            )}
          </Pair>
          <Pair label="Kingdom">{shown(alarm.kingdom)}</Pair>
          <Pair label="Category">{shown(alarm.category)}</Pair>
          <Pair label="Network">
            <span className="mono">{alarm.networks.length === 0 ? "–" : safeText(alarm.networks.join(", "))}</span>
          </Pair>
          <Pair label="Backend">
            <span className="mono">{alarm.node === "" ? "not known" : safeText(alarm.node)}</span>
          </Pair>
          <Pair label="Asset value">{alarm.factors.assetValue ?? "not known"}</Pair>
        </dl>
      </section>
      <Hits title="Intel" hits={record.intel_hits ?? []} onMore={() => onTab("intel")} />
      <Hits title="Vulnerabilities" hits={record.vulnerabilities ?? []} onMore={() => onTab("vuln")} />
      <LatestNote alarm={alarm} onMore={() => onTab("activity")} />
    </aside>
  );
}

function Addresses({
  title,
  addresses,
  alarm,
  side,
}: {
  title: string;
  addresses: readonly string[];
  alarm: AlarmDetail;
  side: "src" | "dst";
}) {
  const rest = addresses.length - SHOWN;
  return (
    <section>
      <h2>
        {title} <span className="n">{addresses.length.toLocaleString("en")}</span>
      </h2>
      <ul className="alarm-addresses">
        {addresses.slice(0, SHOWN).map((address) => (
          <li key={address}>
            <Address value={address} values={{ alarm_id: alarm.id, title: alarm.title, [side]: address }} />
          </li>
        ))}
      </ul>
      {rest > 0 && <p className="t3 sm">{rest.toLocaleString("en")} more in the record (tab JSON)</p>}
    </section>
  );
}

function Pair({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

function shown(text: string): string {
  return text === "" ? "–" : clipText(text, 80).text;
}

function Hits({ title, hits, onMore }: { title: string; hits: readonly Hit[]; onMore: () => void }) {
  if (hits.length === 0) return null;
  const providers = [...new Set(hits.map((hit) => hit.provider))].join(", ");
  return (
    <section>
      <h2>
        {title}{" "}
        <span className="n">
          {hits.length.toLocaleString("en")}, {clipText(providers, 30).text}
        </span>
      </h2>
      {hits.slice(0, 2).map((hit) => (
        <div className="alarm-hit" key={`${hit.provider} ${hit.term} ${hit.result}`}>
          <span className="mono">{clipText(hit.term, 60).text}</span>
          <p>{clipText(hit.result, 160).text}</p>
        </div>
      ))}
      {hits.length > 2 && (
        <button type="button" className="link-button" onClick={onMore}>
          All {hits.length.toLocaleString("en")}
        </button>
      )}
    </section>
  );
}

function LatestNote({ alarm, onMore }: { alarm: AlarmDetail; onMore: () => void }) {
  const note = alarm.notes.at(-1);
  if (note === undefined) return null;
  return (
    <section>
      <h2>
        Latest note <span className="n">of {alarm.notes.length.toLocaleString("en")}</span>
      </h2>
      <NoteText text={note.text} most={240} />
      <p className="t3 sm">
        {clipText(note.by, 60).text} · <TimeText at={note.at} ago /> ·{" "}
        <button type="button" className="link-button" onClick={onMore}>
          Activity
        </button>
      </p>
    </section>
  );
}

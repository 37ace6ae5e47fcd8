import { useSession } from "../state/session.ts";
import { CopyButton } from "../ui/copy.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { safeText } from "../ui/safe-text.ts";
import { TimeText } from "../ui/time-text.tsx";
import { PARTS_USED } from "./parts-used.ts";
import { Section } from "./section.tsx";

/** What runs here, and what it is made of. */
export function AboutSection() {
  const { product, version, commit, user, desktop, startedAt, otherConsole } = useSession();
  const facts = `${product} ${version} (${commit}), ${desktop ? "desktop" : "browser"}, ${navigator.userAgent}`;
  return (
    <Section id="about" title="About">
      <KeyValue
        items={[
          ["Version", `${product} ${version}`],
          [
            "Commit",
            <span key="commit" className="mono">
              {commit === "" ? "from sources" : safeText(commit)}
            </span>,
          ],
          ["Frontend started", <TimeText key="started" at={startedAt} ago />],
          ["Changes are noted as", user === "" ? "nobody yet" : safeText(user)],
          ...(otherConsole === undefined ? [] : ([["Another console", safeText(otherConsole)]] as const)),
          ["Licence", "Apache-2.0"],
        ]}
      />
      <div>
        <CopyButton text={facts} label="Copy for a report" />
      </div>
      <h3>Made with</h3>
      <ul className="licences sm">
        {PARTS_USED.map(({ name, licence }) => (
          <li key={name}>
            {name} <span className="t3">{licence}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

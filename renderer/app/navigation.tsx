import { useEffect, useState } from "react";
import { api } from "../client/api.ts";
import { downServices, useConnection } from "../state/connection.ts";
import { closedStatus, useSession } from "../state/session.ts";
import { useHashPath } from "../ui/hash-location.ts";
import { Icon } from "../ui/icon.tsx";
import { href } from "../ui/links.ts";
import { countOf, numberText } from "../ui/number-text.ts";
import { writeTerm } from "../ui/query-terms.ts";
import { SCREENS } from "./screens.ts";

const COUNT_MS = 15_000;

export function Navigation() {
  const path = useHashPath();
  const high = useOpenHigh();
  const supervisor = useConnection((state) => state.supervisor);
  const health = useConnection((state) => state.health);
  const failing = downServices({ supervisor, health }).length;
  return (
    <nav className="nav" aria-label="Screens">
      <div className="mark">
        <Mark />
      </div>
      {SCREENS.filter((screen) => screen.hidden !== true).map((screen) => {
        const here = path === `/${screen.name}` || path.startsWith(`/${screen.name}/`);
        return (
          <a
            key={screen.name}
            href={href(`/${screen.name}`)}
            className={here ? "on" : ""}
            aria-current={here ? "page" : undefined}
            title={screen.key === undefined ? undefined : `${screen.title} (g ${screen.key})`}
            data-screen={screen.name}
          >
            <Icon name={screen.icon} />
            {screen.title}
            {screen.name === "alarms" && high > 0 ? (
              <Badge hot count={high} text={countOf(high, "open High alarm")} />
            ) : null}
            {screen.name === "health" && failing > 0 ? (
              <Badge count={failing} text={countOf(failing, "failing part")} />
            ) : null}
          </a>
        );
      })}
    </nav>
  );
}

const MOST_IN_BADGE = 99;
function Badge({ count, text, hot }: { count: number; text: string; hot?: boolean }) {
  return (
    <span className={`badge${hot ? " hot" : ""}`} title={text}>
      <span aria-hidden="true">{count > MOST_IN_BADGE ? `${MOST_IN_BADGE}+` : numberText(count)}</span>
      <span className="off-screen">, {text}</span>
    </span>
  );
}

/** Open alarms of class High, asked now and then: a figure for the corner of the eye. */
function useOpenHigh(): number {
  const closed = closedStatus(useSession());
  const [count, setCount] = useState(0);
  useEffect(() => {
    const q = `class:High ${writeTerm({ not: true, field: "status", operator: ":", values: [closed] })}`;
    const ask = () => {
      if (document.hidden) return;
      api.get("GET /alarms/counts", { query: { q, facets: "node" } }).then(
        ({ total }) => setCount(total),
        () => undefined,
      );
    };
    ask();
    const timer = setInterval(ask, COUNT_MS);
    return () => clearInterval(timer);
  }, [closed]);
  return count;
}

function Mark() {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
      <rect x="2" y="13" width="5" height="6" rx="1" fill="var(--text-3)" />
      <rect x="8.5" y="8.5" width="5" height="10.5" rx="1" fill="var(--text-2)" />
      <rect x="15" y="3" width="5" height="16" rx="1" fill="var(--text)" />
    </svg>
  );
}

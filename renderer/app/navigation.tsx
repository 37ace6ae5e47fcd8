import { useHashPath } from "../ui/hash-location.ts";
import { Icon } from "../ui/icon.tsx";
import { href } from "../ui/links.ts";
import { SCREENS } from "./screens.ts";

export function Navigation() {
  const path = useHashPath();
  return (
    <nav className="nav" aria-label="Screens">
      <div className="mark">
        <Mark />
      </div>
      {SCREENS.map((screen) => {
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
          </a>
        );
      })}
    </nav>
  );
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

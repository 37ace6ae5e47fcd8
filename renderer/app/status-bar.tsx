import { useSession } from "../state/session.ts";

export function StatusBar() {
  const { version } = useSession();
  return (
    <footer className="status">
      <span className="grow" />
      <span className="t3">{version}</span>
    </footer>
  );
}

import { useSession } from "../state/session.ts";

export function TopBar() {
  const { profile, product } = useSession();
  return (
    <header className="top">
      <span className="inst">{profile?.name ?? product}</span>
    </header>
  );
}

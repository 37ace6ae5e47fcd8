/** Shown before the first answer came; the page goes on asking by itself. */
export function Unreachable({ error }: { error: string }) {
  return (
    <main className="whole-page" aria-live="polite">
      <h1>The console isn't there yet</h1>
      <p>{error}</p>
      <p className="t3">Services may still be starting. This page asks again every few seconds.</p>
    </main>
  );
}

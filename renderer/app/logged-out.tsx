/** Shown when the server knows nobody behind this page. */
export function LoggedOut() {
  return (
    <main className="whole-page">
      <h1>Log in to this console</h1>
      <p>
        The console prints a link with a login code when it starts; <code>dsiem open</code> on its machine prints a new
        one. With the console's token you can log in here.
      </p>
      <a className="bp6-button bp6-intent-primary" href="/login">
        Log in
      </a>
    </main>
  );
}

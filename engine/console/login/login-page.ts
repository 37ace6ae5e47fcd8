import { createHash } from "node:crypto";

/** What a link pointed at within the console stands behind its #, which a form would lose. */
const SCRIPT = `document.forms[0].action+=location.hash`;
const STYLE = [
  "body{margin:0;min-height:100vh;display:grid;place-content:center;background:#11161c;color:#d7dee6;",
  "font:16px/1.5 system-ui,sans-serif}main{width:22rem;max-width:90vw}h1{font-size:1.25rem}",
  "label{display:block;margin:1rem 0 .25rem}input,button{box-sizing:border-box;width:100%;padding:.6rem;font:inherit;",
  "border:1px solid #5c6b7a;border-radius:4px;background:#1a222b;color:inherit}button{margin-top:1rem;background:#2d72d2;",
  "border-color:#2d72d2;color:#fff;cursor:pointer}:focus-visible{outline:2px solid #8abbff;outline-offset:2px}",
  "p{color:#aab6c2}[role=alert]{color:#ffb366}code{color:#d7dee6}",
].join("");

/** To the same page, which a query makes another address: with the same one only the fragment would be followed. */
const AGAIN = `location.replace("/ui/?"+location.hash)`;

/** Nothing but the pages' own style and lines of script, and nowhere to send anything but here. */
export const LOGIN_PAGE_POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)} ${hashOf(AGAIN)}`,
  `style-src ${hashOf(STYLE)}`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Goes to the console once more, from here. */
export const AGAIN_PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Dsiem Console</title></head>
<body><a href="/ui/?">Go on to the console</a><script>${AGAIN}</script></body></html>
`;

/** Asks for the launch token (operation.md §3). `trouble`: why a try failed, one sentence of ours. */
export function loginPage(trouble: string | undefined): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Dsiem Console: log in</title><style>${STYLE}</style></head>
<body><main><h1>Dsiem Console</h1>
${trouble === undefined ? "" : `<p role="alert">${trouble}</p>\n`}<form method="post" action="/login">
<label for="token">Launch token</label>
<input id="token" name="token" type="password" required autofocus autocomplete="off" spellcheck="false">
<button>Log in</button></form>
<p>Without the token: run <code>dsiem open</code> on the machine where this runs, which opens a link that logs you in.</p>
</main><script>${SCRIPT}</script></body></html>
`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

import { missingPlatformPackages } from "./platform-packages.mjs";

/**
 * Whether `npm ci` accepts the lock file on every platform and behind any mirror.
 * @param {import("./platform-packages.mjs").LockFile} lock
 * @param {{ dependencies?: Record<string, string>, devDependencies?: Record<string, string>, optionalDependencies?: Record<string, string> }} manifest
 * @returns {import("./check.mjs").Verdict}
 */
export function checkLockFile(lock, manifest) {
  const problems = Object.keys(missingPlatformPackages(lock)).map(
    (place) => `package-lock.json lacks ${place}: run node scripts/complete-lock.mjs`,
  );
  for (const [place, entry] of Object.entries(lock.packages)) {
    if (entry.resolved?.startsWith("http")) {
      problems.push(`package-lock.json: ${place} names a registry (${new URL(entry.resolved).host}): see .npmrc`);
    }
  }
  const locked = lock.packages[""];
  for (const kind of /** @type {const} */ (["dependencies", "devDependencies", "optionalDependencies"])) {
    const wanted = manifest[kind] ?? {};
    for (const name of new Set([...Object.keys(wanted), ...Object.keys(locked?.[kind] ?? {})])) {
      if (locked?.[kind]?.[name] !== wanted[name]) {
        problems.push(`package-lock.json and package.json disagree about ${name} (${kind}): run npm install`);
      }
    }
  }
  return { problems, note: `${Object.keys(lock.packages).length - 1} packages` };
}

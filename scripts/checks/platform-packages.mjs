// npm leaves optional platform packages that its registry doesn't serve out of the lock file, and then `npm ci`
// refuses that file ("Missing … from lock file"). Here: which are missing, and what their entries must say.

/**
 * @typedef {{ version?: string, optional?: boolean, dev?: boolean, os?: string[], cpu?: string[], libc?: string[],
 *   resolved?: string, dependencies?: Record<string, string>, devDependencies?: Record<string, string>,
 *   optionalDependencies?: Record<string, string> }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} LockFile
 */

const OPERATING_SYSTEMS = "aix android darwin freebsd linux netbsd openbsd openharmony sunos win32".split(" ");
const PROCESSORS = "arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x wasm32 x64".split(" ");
/** @type {Record<string, string>} */
const LIBRARIES = { gnu: "glibc", gnueabihf: "glibc", musl: "musl", musleabihf: "musl" };

/**
 * The lock entries that are missing, by their place in the lock file.
 * @param {LockFile} lock
 * @returns {Record<string, LockedPackage>}
 */
export function missingPlatformPackages(lock) {
  /** @type {Record<string, LockedPackage>} */
  const missing = {};
  for (const [place, parent] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      if (isLocked(lock, place, name)) continue;
      if (!/^\d/.test(version)) throw new Error(`${name} is missing from package-lock.json, in no exact version.`);
      const siblings = Object.keys(parent.optionalDependencies ?? {});
      // Beside its parent, where it is found from there whatever else is locked further up.
      const beside = place === "" ? "" : place.slice(0, place.lastIndexOf("node_modules/"));
      const { cpu, libc, os } = platformOf(name, siblings);
      // In npm's order of keys, so that its next change to the file leaves the entry as it is.
      missing[`${beside}node_modules/${name}`] = {
        version,
        cpu,
        ...(parent.dev ? { dev: true } : {}),
        ...(libc === undefined ? {} : { libc }),
        optional: true,
        ...(os === undefined ? {} : { os }),
      };
    }
  }
  return missing;
}

/**
 * Whether a package is found from the one at `place`, looking upwards as Node does.
 * @param {LockFile} lock
 * @param {string} place
 * @param {string} name
 */
function isLocked(lock, place, name) {
  for (let base = place; base !== ""; base = base.slice(0, Math.max(0, base.lastIndexOf("/node_modules/")))) {
    if (lock.packages[`${base}/node_modules/${name}`] !== undefined) return true;
  }
  return lock.packages[`node_modules/${name}`] !== undefined;
}

/**
 * Reads a package's platform off its name, which is all there is of a package that can't be fetched.
 * @param {string} name
 * @param {readonly string[]} siblings
 */
function platformOf(name, siblings) {
  const words = name.slice(name.indexOf("/") + 1).split("-");
  const os = words.find((word) => OPERATING_SYSTEMS.includes(word));
  const cpu = words.find((word) => PROCESSORS.includes(word));
  if (cpu === undefined || (os === undefined && cpu !== "wasm32")) {
    throw new Error(`The name of ${name} doesn't tell its platform: please add it to package-lock.json by hand.`);
  }
  // A Linux package without a word for its C library is glibc's when there is one for musl beside it.
  const word = words.find((each) => each in LIBRARIES) ?? (siblings.includes(`${name}-musl`) ? "gnu" : undefined);
  const libc = word === undefined ? undefined : LIBRARIES[word];
  return {
    cpu: [cpu],
    libc: libc === undefined || os !== "linux" ? undefined : [libc],
    os: os === undefined ? undefined : [os],
  };
}

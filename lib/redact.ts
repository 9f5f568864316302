/** Names of environment variables whose values are kept out of everything that is written. */
const SECRET_NAME = /SECRET|TOKEN|PASSWORD|KEY/i;

/** Shorter values would also hide ordinary words. */
const SHORTEST = 8;

/** Replaces known secrets in text that is about to be written. */
export class Redactor {
  readonly #secrets = new Set<string>();
  #pattern: RegExp | undefined;

  /** Makes one that knows the secrets of an environment by their names. */
  constructor(env: Readonly<Record<string, string>> = {}) {
    for (const [name, value] of Object.entries(env)) {
      if (SECRET_NAME.test(name)) this.add(value);
    }
  }

  /** Makes a value a secret; one of less than 8 characters is too common to be hidden. */
  add(secret: string): void {
    // A key of several lines is cut up by whatever prints it, and a URL holds it percent-encoded.
    for (const part of [secret.trim(), ...secret.split("\n").map((line) => line.trim())]) {
      if (part.length < SHORTEST) continue;
      this.#secrets.add(part);
      if (part.isWellFormed()) this.#secrets.add(encodeURIComponent(part));
    }
    this.#pattern = undefined;
  }

  /** The text with `***` in place of every secret. */
  redact(text: string): string {
    if (this.#secrets.size === 0) return text;
    this.#pattern ??= pattern(this.#secrets);
    return text.replace(this.#pattern, "***");
  }
}

/** Longest first: a secret that begins with another one is hidden whole. */
function pattern(secrets: ReadonlySet<string>): RegExp {
  const words = [...secrets].sort((a, b) => b.length - a.length).map((word) => RegExp.escape(word));
  return new RegExp(words.join("|"), "g");
}

let ours: Redactor | undefined;

/** Hides a value from now on in all logs and error texts of this process. */
export function registerSecret(secret: string): void {
  ours ??= new Redactor(readableEnvironment());
  ours.add(secret);
}

/** The text without the secrets of this process: its environment's and the registered ones. */
export function redact(text: string): string {
  ours ??= new Redactor(readableEnvironment());
  return ours.redact(text);
}

/** Asks first: reading without the permission would stop the script at a question. */
function readableEnvironment(): Record<string, string> {
  return Deno.permissions.querySync({ name: "env" }).state === "granted" ? Deno.env.toObject() : {};
}

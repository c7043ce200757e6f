import { formatLogLine } from './log-line.js';

const COLOURS = [36, 33, 35, 32]; // cyan, yellow, magenta, green
const KEPT_LINES = 25;
const NAME_WIDTH = 13;

export interface LogOptions {
  readonly raw: boolean;
  readonly out?: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * The log lines of one service, each behind its name. While the system starts they are held back – the last ones are
 * there to be shown if it fails – and from `open()` on they are printed.
 */
export class ServiceLog {
  static #count = 0;
  readonly #prefix: string;
  readonly #options: LogOptions;
  #held: string[] = [];
  #open = false;

  constructor(name: string, options: LogOptions) {
    this.#options = options;
    const padded = name.padEnd(NAME_WIDTH);
    const colour = COLOURS[ServiceLog.#count++ % COLOURS.length];
    this.#prefix = this.#out.isTTY ? `\x1b[${colour}m${padded}\x1b[0m │ ` : `${padded} | `;
  }

  write(line: string): void {
    const text = this.#prefix + (this.#options.raw ? line : formatLogLine(line));
    if (this.#open) this.#out.write(`${text}\n`);
    else this.#held = [...this.#held, text].slice(-KEPT_LINES);
  }

  open(): void {
    this.#open = true;
    this.#held = [];
  }

  /** Prints what was held back: the service did not come up, and this may say why. */
  showHeld(): void {
    for (const text of this.#held) this.#out.write(`${text}\n`);
    this.open();
  }

  get #out() {
    return this.#options.out ?? process.stdout;
  }
}

const EVERY_MS = 3_000;

/** Says what is going on: `say` always, `progress` every few seconds. Progress goes to stderr: stdout is the report's. */
export class Progress {
  private spokenAt = 0;

  constructor(private readonly scenario: string) {}

  readonly say = (line: string): void => {
    this.spokenAt = Date.now();
    process.stderr.write(`· ${this.scenario}: ${line}\n`);
  };

  readonly progress = (line: string): void => {
    if (Date.now() - this.spokenAt >= EVERY_MS) this.say(line);
  };
}

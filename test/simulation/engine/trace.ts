/** What happened, line by line, and a hash over it: two runs of one schedule must be the same run. */
export class Trace {
  readonly lines: string[] = [];
  private state = 0x811c9dc5;

  /** @param keep whether the lines are kept, or only their hash */
  constructor(private readonly keep = true) {}

  get hash(): string {
    return (this.state >>> 0).toString(16).padStart(8, '0');
  }

  add(line: string): void {
    for (let index = 0; index < line.length; index++) {
      this.state = Math.imul(this.state ^ line.charCodeAt(index), 0x01000193);
    }
    if (this.keep) this.lines.push(line);
  }

  static show(value: unknown): string {
    if (value === undefined) return '';
    if (typeof value === 'string') return value;
    const text = JSON.stringify(
      value instanceof Map ? Object.fromEntries(value) : value,
      (name, member: unknown) => (name === 'entity' ? undefined : member),
    );
    return text.length > 240 ? `${text.slice(0, 240)}…` : text;
  }
}

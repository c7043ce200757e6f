const LEVELS_WITHOUT_WORD = new Set(['log', 'info']);
const NOT_SHOWN = new Set([
  'level',
  'timestamp',
  'time',
  'pid',
  'hostname',
  'message',
  'msg',
  'context',
  'prefix',
  'name',
]);

/** A service's log line for people: a line of JSON as `12:34:56 warn message [context] field=value`, others as they are. */
export function formatLogLine(line: string): string {
  const entry = parseEntry(line);
  if (!entry) return line;
  const level = shown(entry.level ?? 'info');
  const fields = Object.entries(entry)
    .filter(([name]) => !NOT_SHOWN.has(name))
    .map(([name, value]) => `${name}=${shown(value)}`);
  const parts = [
    timeOf(entry.timestamp ?? entry.time),
    LEVELS_WITHOUT_WORD.has(level) ? '' : level,
    shown(entry.message ?? entry.msg),
    entry.context === undefined ? '' : `[${shown(entry.context)}]`,
    ...fields,
  ];
  return parts.filter(Boolean).join(' ');
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    return 'message' in entry || 'msg' in entry ? entry : undefined;
  } catch {
    return undefined;
  }
}

function timeOf(timestamp: unknown): string {
  const date = new Date(timestamp as string | number);
  return Number.isNaN(date.getTime()) ? '' : date.toTimeString().slice(0, 8);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

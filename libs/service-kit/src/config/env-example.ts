import { groupsOf, settingsOf, type Setting } from './setting.js';

export interface EnvExampleSection {
  /** The service that reads these variables. */
  readonly service: string;
  readonly config: new () => object;
}

type Value = string | number | boolean | undefined;

interface Entry {
  readonly setting: Setting;
  readonly defaults: Map<string, Value>;
}

/** The services' part of `.env.example`: every variable once, with what it means, its unit and its default. */
export function envExample(sections: readonly EnvExampleSection[]): string {
  const entries = new Map<string, Entry>();
  for (const { service, config } of sections) collect(new config(), service, entries);
  const everyone = sections.length;
  const blocks = [...entries].map(([variable, entry]) => blockOf(variable, entry, everyone));
  return blocks.join('\n\n');
}

function collect(config: object, service: string, entries: Map<string, Entry>): void {
  const values = config as Record<string, unknown>;
  for (const setting of settingsOf(config)) {
    const [variable] = setting.env;
    const entry = entries.get(variable) ?? { setting, defaults: new Map<string, Value>() };
    entry.defaults.set(service, values[setting.property] as Value);
    entries.set(variable, entry);
  }
  for (const { property } of groupsOf(config)) collect(values[property] as object, service, entries);
}

function blockOf(variable: string, { setting, defaults }: Entry, everyone: number): string {
  const [, ...aliases] = setting.env;
  const notes = [
    defaults.size === everyone ? '' : `Read by ${[...defaults.keys()].join(', ')}.`,
    setting.unit === undefined ? '' : `Unit: ${setting.unit}.`,
    aliases.length === 0 ? '' : `Also read: ${aliases.join(', ')}.`,
    differingDefaults(defaults),
  ].filter(Boolean);
  const value = [...defaults.values()][0];
  return [
    `# ${setting.about}`,
    ...(notes.length > 0 ? [`# ${notes.join(' ')}`] : []),
    `# ${variable}=${value ?? ''}`,
  ].join('\n');
}

function differingDefaults(defaults: ReadonlyMap<string, Value>): string {
  if (new Set(defaults.values()).size < 2) return '';
  return `Default: ${[...defaults].map(([service, value]) => `${String(value)} (${service})`).join(', ')}.`;
}

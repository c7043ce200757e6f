import { validateSync, type ValidationError } from 'class-validator';
import { ConfigError } from './config-error.js';
import { groupsOf, settingsOf, type Setting } from './setting.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Builds the configuration object of a service from the environment, validates it and freezes it. An empty variable
 * counts as not set.
 *
 * @throws ConfigError with every fault at once
 */
export function loadConfig<C extends object>(Config: new () => C, env: Environment): C {
  const faults: string[] = [];
  const config = fill(new Config(), env, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

function fill<C extends object>(config: C, env: Environment, faults: string[]): C {
  const values = config as Record<string, unknown>;
  const found = new Map<string, Found>();
  for (const setting of settingsOf(config)) {
    const variable = setting.env.find((name) => env[name]?.trim());
    if (variable === undefined) continue;
    const text = env[variable]?.trim() ?? '';
    found.set(setting.property, { variable, text });
    values[setting.property] = read(text, typeof values[setting.property]);
  }
  for (const { property } of groupsOf(config)) fill(values[property] as object, env, faults);
  const settings = new Map(settingsOf(config).map((setting) => [setting.property, setting]));
  for (const error of validateSync(config, { forbidUnknownValues: false })) {
    const setting = settings.get(error.property);
    if (setting) faults.push(faultOf(error, setting, found.get(error.property)));
  }
  return Object.freeze(config);
}

interface Found {
  readonly variable: string;
  readonly text: string;
}

/** A text that is not of the default's type stays a text, and is refused by the validation. */
function read(text: string, type: string): unknown {
  if (type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (type !== 'boolean') return text;
  if (/^(true|1|yes|on)$/i.test(text)) return true;
  return /^(false|0|no|off)$/i.test(text) ? false : text;
}

function faultOf(error: ValidationError, { env, secret }: Setting, found: Found | undefined): string {
  const variable = found?.variable ?? env[0];
  const rules = Object.values(error.constraints ?? {}).map((rule) =>
    rule.startsWith(`${error.property} `) ? rule.slice(error.property.length + 1) : rule,
  );
  const but = secret || !found ? '' : `, but is ${JSON.stringify(found.text.slice(0, 80))}`;
  return `${variable} ${rules.join(' and ')}${but}`;
}

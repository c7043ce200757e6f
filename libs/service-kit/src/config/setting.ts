import 'reflect-metadata';

/** Where a configuration value comes from, and what people should know of it. */
export interface SettingOptions {
  /** Environment variables that hold it, the preferred one first. */
  readonly env: string | readonly [string, ...string[]];
  /** One sentence for `.env.example`. */
  readonly about: string;
  /** Unit of a number, e.g. `ms`. */
  readonly unit?: string;
  /** A secret's value is never shown, not even in the fault that refuses it. */
  readonly secret?: boolean;
}

export interface Setting {
  readonly property: string;
  readonly env: readonly [string, ...string[]];
  readonly about: string;
  readonly unit?: string;
  readonly secret: boolean;
}

/** Settings that belong together and are used by several services, e.g. those of Redis. */
export interface SettingGroup {
  readonly property: string;
}

const SETTINGS = Symbol('settings');
const GROUPS = Symbol('setting groups');

/**
 * Marks a property of a configuration class that is read from the environment. Its initialiser is the default and
 * says how the text is read: as a number, a boolean or, without an initialiser, a string. class-validator decorators
 * say what is allowed.
 */
export function Setting(options: SettingOptions): PropertyDecorator {
  return (prototype, property) => {
    const { env, about, unit, secret = false } = options;
    const setting: Setting = {
      property: String(property),
      env: typeof env === 'string' ? [env] : env,
      about,
      ...(unit === undefined ? {} : { unit }),
      secret,
    };
    // A subclass that declares a property again (to give it another default) takes the place of its parent's.
    const others = settingsOf(prototype).filter((other) => other.property !== setting.property);
    Reflect.defineMetadata(SETTINGS, [...others, setting], prototype);
  };
}

/** Marks a property that holds an instance of another configuration class. */
export function SettingsGroup(): PropertyDecorator {
  return (prototype, property) => {
    Reflect.defineMetadata(GROUPS, [...groupsOf(prototype), { property: String(property) }], prototype);
  };
}

/** The settings of a configuration object or prototype, those of its parents first. */
export function settingsOf(target: object): readonly Setting[] {
  return (Reflect.getMetadata(SETTINGS, target) as readonly Setting[] | undefined) ?? [];
}

export function groupsOf(target: object): readonly SettingGroup[] {
  return (Reflect.getMetadata(GROUPS, target) as readonly SettingGroup[] | undefined) ?? [];
}

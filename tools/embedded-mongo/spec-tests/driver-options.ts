import { ReadConcern, ReadPreference, WriteConcern, type ReadConcernLevel, type W } from 'mongodb';
import type { Fields } from './fields.js';

interface Concerns {
  readConcern?: ReadConcern;
  writeConcern?: WriteConcern;
  readPreference?: ReadPreference;
}

/** Options as the test files write them, as the driver takes them. Other fields stay as they are. */
export function driverOptions(options: Fields = {}): Fields & Concerns {
  const { readConcern, writeConcern, readPreference, ...others } = options;
  return {
    ...others,
    ...(readConcern !== undefined && { readConcern: asReadConcern(readConcern as { level: string }) }),
    ...(writeConcern !== undefined && { writeConcern: asWriteConcern(writeConcern as Fields) }),
    ...(readPreference !== undefined && { readPreference: asReadPreference(readPreference as Fields) }),
  };
}

function asReadConcern({ level }: { level: string }): ReadConcern {
  return new ReadConcern(level as ReadConcernLevel);
}

function asWriteConcern({ w, wtimeoutMS, journal }: Fields): WriteConcern {
  return new WriteConcern(
    w as W | undefined,
    wtimeoutMS as number | undefined,
    journal as boolean | undefined,
  );
}

function asReadPreference({ mode, tagSets, ...options }: Fields): ReadPreference {
  return new ReadPreference(mode as 'primary', tagSets as Record<string, string>[] | undefined, options);
}

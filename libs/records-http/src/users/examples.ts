export const EXAMPLE_EMAIL = 'ada@example.org';
export const EXAMPLE_VERSION = 1850880000000000;
export const EXAMPLE_ID = '68a1f0c2d4b6e8901234abcd';

const PROFILE = { languages: ['en', 'fr'], address: { city: 'London', floors: [] } };
const STAMP = { version: EXAMPLE_VERSION, updatedAt: EXAMPLE_VERSION / 1024, source: 'mongo' };

export const REPLACE_EXAMPLE = { name: 'Ada Lovelace', ...PROFILE };
export const CREATE_EXAMPLE = { email: EXAMPLE_EMAIL, ...REPLACE_EXAMPLE };
export const MERGE_EXAMPLE = { address: { city: 'Paris' }, languages: null };
export const WRITE_BY_ID_EXAMPLE = { username: 'ada', email: EXAMPLE_EMAIL, languages: ['en', 'fr'] };
export const USER_EXAMPLE = { ...CREATE_EXAMPLE, ...STAMP, _sync: STAMP };
export const USER_BY_ID_EXAMPLE = { id: EXAMPLE_ID, username: 'ada', ...USER_EXAMPLE };

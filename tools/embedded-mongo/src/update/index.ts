export { applyUpdate, compileUpdate, type CompiledUpdate, type UpdateContext } from './compile-update.js';
export { isToldAsDelta } from './delta.js';
export { describeUpdate, type UpdateDescription } from './describe-update.js';
export { isReplacement, type Update, type UpdateResult } from './update-types.js';
export { upsertDocument } from './upsert.js';

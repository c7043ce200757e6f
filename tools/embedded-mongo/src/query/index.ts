export { compileFilter } from './filter.js';
export { operatorsOf } from './condition.js';
export type { ArrayMatch, Filter } from './filter-types.js';
export { compileSort } from './sort.js';
export { compileProjectStage, compileProjection, type Projection } from './projection.js';
export { Branch } from './projection-tree.js';
export { filterBounds, type Bound, type PathBounds } from './bounds.js';
export { walkPath, type PathVisitor } from './walk-path.js';
export { compileElementTest } from './element-test.js';

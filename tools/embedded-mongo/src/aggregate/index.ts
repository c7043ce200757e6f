export { compilePipeline, runPipeline } from './pipeline.js';
export { compileExpression, evaluateExpression } from './expression/index.js';

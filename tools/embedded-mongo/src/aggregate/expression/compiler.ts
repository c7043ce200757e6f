import { commandError, unsupported } from '../../errors.js';
import { asDocument, setField, show, type Document, type EvalContext } from '../../values/index.js';
import { parseFieldPath, valueAtPath } from './field-path.js';
import { OPERATORS, REFUSED_OPERATORS } from './operators/index.js';
import type { Binding, Evaluator, ExpressionCompiler } from './types.js';

/**
 * An aggregation expression as a function of the document. Compiled once; errors of its form are thrown here,
 * errors of the values it meets by the function.
 */
export function compileExpression(expression: unknown, ctx: EvalContext): (doc: unknown) => unknown {
  const evaluate = new Compiler(ctx, new Set()).compile(expression);
  return (doc) => evaluate({ root: doc });
}

class Compiler implements ExpressionCompiler {
  constructor(
    readonly ctx: EvalContext,
    private readonly names: ReadonlySet<string>,
  ) {}

  withVariables(names: readonly string[]): ExpressionCompiler {
    return new Compiler(this.ctx, new Set([...this.names, ...names]));
  }

  compile(expression: unknown): Evaluator {
    if (typeof expression === 'string') return this.text(expression);
    if (Array.isArray(expression)) return this.array(expression);
    const doc = asDocument(expression);
    return doc ? this.document(doc) : () => expression;
  }

  private text(text: string): Evaluator {
    if (text.startsWith('$$')) return this.variable(text.slice(2));
    if (!text.startsWith('$')) return () => text;
    const parts = parseFieldPath(text.slice(1));
    return ({ root }) => valueAtPath(root, parts);
  }

  private variable(path: string): Evaluator {
    const dot = path.indexOf('.');
    const name = dot < 0 ? path : path.slice(0, dot);
    const value = this.variableValue(name);
    if (dot < 0) return value;
    const parts = parseFieldPath(path.slice(dot + 1));
    return (scope) => valueAtPath(value(scope), parts);
  }

  private variableValue(name: string): Evaluator {
    if (this.names.has(name)) return (scope) => lookUp(scope.variables, name);
    const { ctx } = this;
    switch (name) {
      case 'ROOT':
      case 'CURRENT':
        return (scope) => scope.root;
      case 'REMOVE':
        return () => undefined;
      case 'NOW':
        return () => ctx.now;
      case 'CLUSTER_TIME':
        if (!ctx.clusterTime) throw commandError(51144, "Builtin variable '$$CLUSTER_TIME' is not available");
        return () => ctx.clusterTime;
      default:
        return this.contextVariable(name);
    }
  }

  private contextVariable(name: string): Evaluator {
    const { variables } = this.ctx;
    if (!variables || !Object.hasOwn(variables, name)) {
      throw commandError(17276, `Use of undefined variable: ${name}`);
    }
    const value = variables[name];
    return () => value;
  }

  private array(items: unknown[]): Evaluator {
    const evaluators = items.map((item) => this.compile(item));
    return (scope) => evaluators.map((evaluate) => evaluate(scope) ?? null);
  }

  private document(doc: Document): Evaluator {
    const names = Object.keys(doc);
    const [first] = names;
    if (first?.startsWith('$')) return this.operator(doc, first, names.length);
    const fields = names.map((name): [string, Evaluator] => {
      checkFieldName(name);
      return [name, this.compile(doc[name])];
    });
    return (scope) => {
      const out: Document = {};
      for (const [name, evaluate] of fields) {
        const value = evaluate(scope);
        if (value !== undefined) setField(out, name, value);
      }
      return out;
    };
  }

  private operator(doc: Document, name: string, size: number): Evaluator {
    if (size > 1) {
      throw commandError(
        15983,
        `an expression specification must contain exactly one field, found ${show(doc)}`,
      );
    }
    const factory = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
    if (factory) return factory(doc[name], this, name);
    if (REFUSED_OPERATORS.has(name)) throw unsupported(`the expression ${name}`);
    throw commandError(168, `Unrecognized expression '${name}'`);
  }
}

function checkFieldName(name: string): void {
  if (name.includes('.')) {
    throw commandError(16405, `dotted field names are only allowed at the top level, found '${name}'`);
  }
  if (name.startsWith('$'))
    throw commandError(16404, '$-prefixed fields are not allowed in an object expression');
}

function lookUp(variables: Binding | undefined, name: string): unknown {
  for (let binding = variables; binding; binding = binding.outer) {
    if (binding.name === name) return binding.value;
  }
  return undefined;
}

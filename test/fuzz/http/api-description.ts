import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { ServiceName } from '../../support/service-process.js';
import type { OpenApiDocument, OpenApiResponse, Parameter, Schema } from './open-api.js';

/** Content type → validator; empty for a response without a body. */
export type Answers = ReadonlyMap<string, ValidateFunction>;

/** One operation of a document, ready to generate requests for and to judge their answers by. */
export interface Operation {
  readonly service: ServiceName;
  /** e.g. `PUT /mongo-first/users/{email}` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | null;
  /** By status. */
  readonly answers: ReadonlyMap<number, Answers>;
  /** Whether it needs the administrator's token. */
  readonly admin: boolean;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const EVERYWHERE = 'x-responses-everywhere';

/** The OpenAPI document of one service, as the fuzzer uses it. */
export class ApiDescription {
  readonly operations: readonly Operation[];
  /** What any request can meet. */
  readonly everywhere: ReadonlyMap<number, Answers>;
  private readonly patterns: readonly (readonly [RegExp, Operation])[];
  private readonly ajv = new Ajv({ strict: false, allErrors: false });

  constructor(
    readonly service: ServiceName,
    private readonly document: OpenApiDocument,
  ) {
    addFormats.default(this.ajv);
    this.ajv.addSchema(document, 'document');
    this.everywhere = this.answersAt(document[EVERYWHERE] ?? {}, [EVERYWHERE]);
    this.operations = Object.keys(document.paths).flatMap((path) => this.operationsOf(path));
    this.patterns = this.operations.map((operation) => [patternOf(operation.path), operation]);
  }

  static async fetch(service: ServiceName, url: string): Promise<ApiDescription> {
    const response = await fetch(`${url}/api-docs-json`);
    if (!response.ok) throw new Error(`${service} serves no OpenAPI document: ${response.status}`);
    return new ApiDescription(
      service,
      JSON.parse(await response.text(), withoutIdleNullable) as OpenApiDocument,
    );
  }

  /** The operation that a request as sent asks for, if any. HEAD is answered like GET. */
  find(method: string, target: string): Operation | undefined {
    const path = routedPath(target);
    const wanted = method === 'HEAD' ? 'GET' : method;
    // A literal path such as /users/health is another operation than /users/{email}.
    const matches = this.patterns.filter(
      ([pattern, { method: own }]) => own === wanted && pattern.test(path),
    );
    return matches.sort(([, a], [, b]) => a.path.split('{').length - b.path.split('{').length)[0]?.[1];
  }

  private operationsOf(path: string): Operation[] {
    const item = this.document.paths[path] ?? {};
    return METHODS.flatMap((method) => {
      const operation = item[method];
      if (!operation) return [];
      return {
        service: this.service,
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        parameters: operation.parameters ?? [],
        body: this.bodyOf(operation.requestBody?.content['application/json']?.schema),
        answers: this.answersAt(operation.responses, ['paths', path, method, 'responses']),
        admin: (operation.security ?? []).length > 0,
      };
    });
  }

  private bodyOf(schema: Schema | undefined): Schema | null {
    if (!schema) return null;
    const name = schema.$ref?.split('/').at(-1);
    return name === undefined ? schema : (this.document.components.schemas[name] ?? null);
  }

  private answersAt(
    responses: Readonly<Record<string, OpenApiResponse>>,
    at: readonly string[],
  ): ReadonlyMap<number, Answers> {
    return new Map(
      Object.entries(responses).map(([status, { content = {} }]) => {
        const answers = Object.keys(content).map((type) => {
          const pointer = [...at, status, 'content', type, 'schema'].map(escapePointer).join('/');
          return [type, this.ajv.compile({ $ref: `document#/${pointer}` })] as const;
        });
        return [Number(status), new Map(answers)];
      }),
    );
  }
}

/** The path that a router looks up: of an absolute URL its path, and letters that need no escape without one. */
function routedPath(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? '';
  return path.replace(/%[46][1-9a-f]|%[57][0-9a]/gi, (escape) => decodeURIComponent(escape));
}

/** Without a `type`, `nullable` says nothing (OpenAPI 3.0.3), and Ajv will not have it. */
function withoutIdleNullable(_name: string, value: unknown): unknown {
  if (typeof value === 'object' && value !== null && 'nullable' in value && !('type' in value)) {
    delete value.nullable;
  }
  return value;
}

function escapePointer(segment: string): string {
  return encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function patternOf(path: string): RegExp {
  const segments = path
    .split('/')
    .map((segment) => (/^\{.*\}$/.test(segment) ? '[^/]+' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${segments.join('/')}$`);
}

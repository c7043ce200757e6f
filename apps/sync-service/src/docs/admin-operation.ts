import { AdminEndpoint, ApiProblems, type HttpProblem } from '@redis-mongo-sync/service-kit';
import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';

interface AdminOperationDocs {
  readonly summary: string;
  readonly description?: string;
  /** Schema of what is answered with 200, or of each answer by its status. */
  readonly answers:
    string | Readonly<Record<number, { readonly description: string; readonly schema?: string }>>;
  readonly problems: readonly HttpProblem[];
}

/** Documents an endpoint for administrators; what it takes is documented by the classes of its parameters. */
export function AdminOperation(docs: AdminOperationDocs): MethodDecorator {
  const { summary, description, answers, problems } = docs;
  const byStatus = typeof answers === 'string' ? { 200: { description: 'Done.', schema: answers } } : answers;
  return applyDecorators(
    AdminEndpoint(),
    ApiOperation({ summary, ...(description === undefined ? {} : { description }) }),
    ...Object.entries(byStatus).map(([status, answer]) =>
      ApiResponse({
        status: Number(status),
        description: answer.description,
        ...(answer.schema === undefined
          ? {}
          : { content: { 'application/json': { schema: schemaNamed(answer.schema) } } }),
      }),
    ),
    ApiProblems(...problems),
  );
}

function schemaNamed(name: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { HttpProblem } from '../problems/http-problem.js';
import { completeSchemas, describeDefaults } from '../requests/document-dtos.js';
import { problemResponses } from './api-problems.js';
import { PROBLEM_SCHEMAS, type Schemas } from './problem-schemas.js';

export const API_DOCS_PATH = 'api-docs';

export interface ServiceDocument {
  readonly title: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Those that no class describes. */
  readonly schemas?: Schemas;
}

/**
 * What any request can meet, whatever it asks for: refusals from before an endpoint is found. In the document they
 * stand once, under `x-responses-everywhere`, by status.
 */
const EVERYWHERE = [
  HttpProblem.BadRequest,
  HttpProblem.Forbidden,
  HttpProblem.NotFound,
  HttpProblem.MethodNotAllowed,
  HttpProblem.RequestTimeout,
  HttpProblem.InvalidJson,
  HttpProblem.BodyTooLarge,
  HttpProblem.UriTooLong,
  HttpProblem.UnsupportedMediaType,
  HttpProblem.TooManyRequests,
  HttpProblem.HeadersTooLarge,
  HttpProblem.Internal,
];

const RESPONSES_EVERYWHERE = 'x-responses-everywhere';

/** The OpenAPI document of a service. Operations under `ApiBearerAuth('admin')` need the administrator's token. */
export function serviceDocument(
  app: NestFastifyApplication,
  { title, description, tags, schemas }: ServiceDocument,
): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle(title)
    .setDescription(description)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: '`ADMIN_TOKEN` of the service.' }, 'admin')
    .addExtension(RESPONSES_EVERYWHERE, problemResponses(EVERYWHERE));
  for (const [tag, about] of Object.entries(tags)) builder.addTag(tag, about);
  describeDefaults();
  const document = SwaggerModule.createDocument(app, builder.build());
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...PROBLEM_SCHEMAS, ...schemas },
  };
  completeSchemas(document);
  return document;
}

/** Serves the document at /api-docs-json, for programs. The gateway has pages as well. */
export function serveDocument(app: NestFastifyApplication, document: () => OpenAPIObject): void {
  SwaggerModule.setup(API_DOCS_PATH, app, document, { ui: false, raw: ['json'] });
}

import { HttpProblem } from '@redis-mongo-sync/service-kit';
import { ApiResponse } from '@nestjs/swagger';

/** A successful answer, described by its class. */
export const JsonAnswer = (status: number, description: string, type: new (...members: never[]) => object) =>
  ApiResponse({ status, description, type: type });

/** What publishing can meet. */
export const PUBLISH = [
  HttpProblem.InvalidJson,
  HttpProblem.InvalidBody,
  HttpProblem.InvalidQuery,
  HttpProblem.InvalidHeader,
  HttpProblem.BodyTooLarge,
  HttpProblem.UnsupportedMediaType,
  HttpProblem.EventIdReused,
  HttpProblem.StoreUnavailable,
  HttpProblem.EventsBacklogged,
];

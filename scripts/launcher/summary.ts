import { hideCredentials, type ResolvedServer } from '@redis-mongo-sync/dev-servers';
import type { Servers } from './servers.js';
import type { ServiceDefinition, ServicePorts } from './services.js';

/** What runs, why these servers, where to look and what to type first. */
export function summary(
  servers: Servers,
  services: readonly ServiceDefinition[],
  ports: ServicePorts,
): string {
  const lines = [
    ...serverLines('Redis', servers.redis),
    ...serverLines('MongoDB', servers.mongo),
    ...services.map(({ name, title }) => row(title, addresses(name, ports[name]))),
    ...(services.some(({ name }) => name === 'api-gateway') ? examples(ports['api-gateway']) : []),
    '',
    'Ctrl-C stops everything and keeps the data; npm run reset wipes them.',
  ];
  return lines.join('\n');
}

function serverLines(title: string, server: ResolvedServer): string[] {
  return [
    row(title, `${hideCredentials(server.url)}   ${server.description}`),
    row('', `why: ${server.why.join(' → ')}`),
    ...server.warnings.map((warning) => row('', `! ${warning}`)),
  ];
}

function addresses(name: ServiceDefinition['name'], port: number): string {
  const base = `http://localhost:${port}`;
  switch (name) {
    case 'api-gateway':
      return `${base}   API: ${base}/api-docs   health: ${base}/health`;
    case 'user-service':
      return `${base}   health: ${base}/users/health`;
    case 'event-service':
    case 'sync-service':
      return `${base}   health: ${base}/health   metrics: ${base}/metrics`;
  }
}

function examples(port: number): string[] {
  const base = `http://localhost:${port}`;
  return [
    '',
    'Written to MongoDB, read from Redis:',
    `  ${curlPost(`${base}/mongo-first/users?waitFor=synced`, { email: 'ada@example.com', name: 'Ada' })}`,
    `  ${CURL} ${base}/redis-first/users/ada@example.com`,
    'Written to Redis, read from MongoDB:',
    `  ${curlPost(`${base}/redis-first/users?waitFor=synced`, { email: 'bob@example.com', name: 'Bob' })}`,
    `  ${CURL} ${base}/mongo-first/users/bob@example.com`,
  ];
}

const CURL = process.platform === 'win32' ? 'curl.exe' : 'curl';

function curlPost(url: string, body: object): string {
  const json = JSON.stringify(body);
  const quoted = process.platform === 'win32' ? `"${json.replaceAll('"', '\\"')}"` : `'${json}'`;
  return `${CURL} -X POST "${url}" -H "content-type: application/json" -d ${quoted}`;
}

function row(title: string, text: string): string {
  return `  ${title.padEnd(13)} ${text}`;
}

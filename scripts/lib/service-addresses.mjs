import { listRunning } from './running.mjs';

const SERVICES = [
  { name: 'api-gateway', port: 3000, variable: 'API_GATEWAY_PORT', health: '/health' },
  { name: 'user-service', port: 3001, variable: 'USER_SERVICE_PORT', health: '/users/health' },
  { name: 'event-service', port: 3003, variable: 'EVENT_SERVICE_PORT', health: '/health' },
  { name: 'sync-service', port: 3002, variable: 'SYNC_SERVICE_PORT', health: '/health' },
];

/** Where the services listen: as this project's own start says, else by environment or default. */
export function serviceAddresses() {
  const used = Object.assign({}, ...listRunning().map(({ ports }) => ports));
  return SERVICES.map(({ name, port, variable, health }) => {
    const base = `http://127.0.0.1:${used[name] ?? process.env[variable] ?? port}`;
    return { name, base, health: base + health };
  });
}

export function addressOf(name) {
  return serviceAddresses().find((service) => service.name === name).base;
}

/** GETs JSON. Never throws: `{ status: 0, body: { error } }` when nothing answers. */
export async function getJson(address) {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(5_000) });
    const text = await response.text();
    return { status: response.status, body: parse(text) };
  } catch (error) {
    return { status: 0, body: { error: error.cause?.message ?? error.message } };
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

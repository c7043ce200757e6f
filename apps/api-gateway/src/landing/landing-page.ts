interface Place {
  readonly path: string;
  readonly what: string;
}

/** What there is to see at the gateway. */
const PLACES: readonly Place[] = [
  { path: '/mongo-first/users', what: 'users, written to MongoDB first' },
  { path: '/redis-first/users', what: 'users, written to Redis first' },
  { path: '/api/users', what: 'the same users by id, announced as events' },
  { path: '/api/events/stats', what: 'events: streams, rates, lag, dead letters' },
  { path: '/api/events/processed', what: 'events that were processed, from the audit log' },
  { path: '/api/events/stream', what: 'the same as they come, as server-sent events' },
  { path: '/api-docs', what: 'every endpoint, to read and to try' },
  { path: '/api-docs-json', what: 'the OpenAPI document' },
  { path: '/health', what: 'whether everything answers' },
  { path: '/metrics', what: 'figures of the events, for Prometheus too' },
];

const DESCRIPTION = 'The same records in MongoDB and in Redis, kept in sync both ways.';

export const LANDING_JSON = {
  name: 'redis-mongo-sync',
  description: DESCRIPTION,
  links: Object.fromEntries(PLACES.map(({ path, what }) => [path, what])),
};

/** A host as browsers send it. Anything else could be markup. */
const HOST = /^[\w.-]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/i;

/** The page at `/`. `host` is where the browser found it. */
export function landingPage(host: string | undefined): string {
  const origin = `http://${host !== undefined && HOST.test(host) ? host : 'localhost:3000'}`;
  const places = PLACES.map(({ path, what }) => `<li><a href="${path}">${path}</a> – ${what}</li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Redis–Mongo sync</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Redis–Mongo sync</h1>
<p>${DESCRIPTION} Write on either side; read on both.</p>
<ul>
${places.join('\n')}
</ul>
<pre>${examples(origin)}</pre>
</body>
</html>
`;
}

function examples(origin: string): string {
  return `# write to Redis first, and answer when MongoDB has it
curl -i '${origin}/redis-first/users?waitFor=synced' \\
  -H 'content-type: application/json' \\
  -d '{"email":"ada@example.org","name":"Ada Lovelace"}'

# read it from MongoDB
curl -s ${origin}/mongo-first/users/ada@example.org`;
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #1b1f24; }
a { color: #0550ae; }
pre { background: #f3f4f6; padding: 1rem; overflow-x: auto; border-radius: 6px; }
@media (prefers-color-scheme: dark) {
  body { background: #16181c; color: #e6e6e6; }
  a { color: #79b8ff; }
  pre { background: #24272d; }
}
`;

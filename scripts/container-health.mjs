/** `node container-health.mjs <path>`: the health check inside the image, which has no curl. */
const response = await fetch(`http://127.0.0.1:${process.env.PORT}${process.argv[2]}`, {
  signal: AbortSignal.timeout(4_000),
}).catch((error) => ({ ok: false, status: error.message }));
console.log(response.status);
process.exitCode = response.ok ? 0 : 1;

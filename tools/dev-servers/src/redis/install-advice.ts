const BY_PLATFORM: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'brew install redis',
  linux:
    'sudo apt-get install redis-server   (Fedora: sudo dnf install valkey · Arch: sudo pacman -S valkey)',
  win32: 'winget install --id Memurai.MemuraiDeveloper   (or, in WSL: sudo apt-get install redis-server)',
};
const ANYWHERE = 'docker compose up -d rms_redis';

/** What a person without a Redis does next, on this platform. */
export function installAdvice(platform: NodeJS.Platform = process.platform): string {
  const here = BY_PLATFORM[platform];
  return [
    'No Redis was found. Get one in any of these ways, then run this again:',
    ...(here ? [`  install it:      ${here}`] : []),
    `  in a container:  ${ANYWHERE}`,
    '  use another:     set REDIS_URL=redis://host:6379',
  ].join('\n');
}

import type { RouteOptions } from 'fastify';

interface Route {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Knows which methods each path has, so that a wrong method is answered with 405 and `Allow`, not with 404. */
export class RouteIndex {
  private readonly routes = new Map<string, Route>();

  add({ url, method }: Pick<RouteOptions, 'url' | 'method'>): void {
    if (url.includes('*')) return; // static files: what is not there is not found
    const route = this.routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const name of [method].flat()) route.methods.add(name);
    this.routes.set(url, route);
  }

  /** The methods of a path, sorted; empty when no route has it. */
  methodsOf(path: string): string[] {
    const methods = new Set<string>();
    for (const route of this.routes.values()) {
      if (route.pattern.test(path)) for (const method of route.methods) methods.add(method);
    }
    return [...methods].sort();
  }
}

function patternOf(url: string): RegExp {
  const segments = url.split('/').map((segment) => (segment.startsWith(':') ? '[^/]+' : escape(segment)));
  return new RegExp(`^${segments.join('/')}$`);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

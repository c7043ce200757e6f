import { ContextIdFactory, type DiscoveryService, type MetadataScanner, type ModuleRef } from '@nestjs/core';
import { StreamHandler, type StreamHandlerOptions } from './stream-handler.decorator.js';

type Method = (...args: unknown[]) => unknown;

export interface FoundHandler {
  /** `Billing.onOrder`, for messages. */
  readonly name: string;
  readonly options: StreamHandlerOptions;
  readonly call: Method;
}

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** The `@StreamHandler` methods of all providers and controllers. */
export class HandlerMethods {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly moduleRef: ModuleRef,
  ) {}

  find(): readonly FoundHandler[] {
    const { discovery } = this;
    return [...discovery.getProviders(), ...discovery.getControllers()].flatMap((wrapper) =>
      this.methodsOf(wrapper),
    );
  }

  private methodsOf(wrapper: Wrapper): readonly FoundHandler[] {
    const instance: unknown = wrapper.instance;
    if (typeof instance !== 'object' || instance === null) return [];
    return this.scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object).flatMap((method) => {
      const options = this.discovery.getMetadataByDecorator(StreamHandler, wrapper, method);
      if (!options) return [];
      const call: Method = wrapper.isDependencyTreeStatic()
        ? (...args) => methodOf(instance, method)(...args)
        : (...args) => this.callScoped(wrapper, method, args);
      return [{ name: `${wrapper.name}.${method}`, options, call }];
    });
  }

  /** Of a request-scoped class: each message (or batch) has an instance of its own, and is its `REQUEST`. */
  private async callScoped(wrapper: Wrapper, method: string, args: readonly unknown[]): Promise<unknown> {
    const contextId = ContextIdFactory.create();
    this.moduleRef.registerRequestByContextId(args[0], contextId);
    const instance = await this.moduleRef.resolve<object>(wrapper.token as never, contextId, {
      strict: false,
    });
    return methodOf(instance, method)(...args);
  }
}

function methodOf(instance: object, name: string): Method {
  return (instance as Record<string, Method>)[name]!.bind(instance);
}

import { Global, Module, type DynamicModule } from '@nestjs/common';
import { ServiceConfig } from './service-config.js';

/** Offers a service's configuration object everywhere, as its own class and as {@link ServiceConfig}. */
@Global()
@Module({})
export class ConfigModule {
  static with(config: ServiceConfig): DynamicModule {
    const token = config.constructor as new () => ServiceConfig;
    return {
      module: ConfigModule,
      providers: [
        { provide: token, useValue: config },
        { provide: ServiceConfig, useExisting: token },
      ],
      exports: [token, ServiceConfig],
    };
  }
}

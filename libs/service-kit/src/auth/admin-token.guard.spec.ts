import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, UseGuards, type DynamicModule } from '@nestjs/common';
import { createService } from '../bootstrap/create-service.js';
import { ServiceConfig } from '../config/service-config.js';
import { probeOf, type HttpProbe } from '../testing/http-probe.js';
import { AdminTokenGuard } from './admin-token.guard.js';

class ProbeConfig extends ServiceConfig {}

@Controller('admin')
@UseGuards(AdminTokenGuard)
class AdminController {
  @Get()
  secret(): object {
    return { open: true };
  }
}

@Module({ controllers: [AdminController] })
class AdminModule {
  static with(): DynamicModule {
    return { module: AdminModule };
  }
}

describe('AdminTokenGuard', () => {
  let probe: HttpProbe;
  afterEach(async () => {
    await probe.close();
  });

  async function ask(adminToken: string | undefined, authorization?: string) {
    const config = Object.assign(new ProbeConfig(), adminToken === undefined ? {} : { adminToken });
    probe = await probeOf(await createService({ module: AdminModule, config, logger: false }));
    return probe.ask('/admin', authorization === undefined ? {} : { headers: { authorization } });
  }

  const TOKEN = 'correct horse battery'.replaceAll(' ', '-');

  it('lets in who has the token', async () => {
    expect((await ask(TOKEN, `Bearer ${TOKEN}`)).body).toEqual({ open: true });
  });

  it.each([undefined, TOKEN, `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, 'Bearer ', `Bearer ${TOKEN.slice(1)}`])(
    'refuses %s',
    async (authorization) => {
      const answer = await ask(TOKEN, authorization);
      expect(answer.body).toMatchObject({ status: 401, code: 'unauthorized' });
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    },
  );

  it('is closed to all clients when there is no token', async () => {
    expect((await ask(undefined, 'Bearer undefined')).body).toMatchObject({ status: 403, code: 'forbidden' });
  });
});

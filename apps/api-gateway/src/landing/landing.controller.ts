import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LANDING_JSON, landingPage } from './landing-page.js';

/** Tells who comes to `/` what there is: people a page, programs JSON. */
@ApiExcludeController()
@Controller()
export class LandingController {
  @Get()
  land(@Req() { headers }: FastifyRequest, @Res() reply: FastifyReply): void {
    void reply.header('vary', 'accept');
    if (headers.accept?.includes('text/html'))
      void reply.type('text/html; charset=utf-8').send(landingPage(headers.host));
    else void reply.send(LANDING_JSON);
  }
}

import { Controller, Headers, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { Problem } from '../../../platform/http/problem.js';
import { RawBody, TakesRawJson } from '../../../platform/http/raw-body.js';
import { RateLimited } from '../../../platform/rate-limits/rate-limited.js';
import { Access } from '../../../platform/security/access.js';
import { WebhookResponse } from '../dto/webhook.response.js';
import { PaymentWebhooks } from './payment-webhooks.service.js';

@ApiTags('Payments')
@Controller('payments/webhooks')
export class PaymentWebhooksController {
  constructor(private readonly webhooks: PaymentWebhooks) {}

  @Post(':provider')
  @Access('public')
  @RateLimited('none')
  @HttpCode(200)
  @TakesRawJson('An event as the provider signed it.')
  @ApiParam({ name: 'provider', enum: ['sandbox', 'stripe'] })
  @ApiHeader({ name: 'Stripe-Signature', required: false, description: 'Of Stripe: `t=…,v1=…`.' })
  @ApiHeader({
    name: 'webhook-id',
    required: false,
    description: 'Of the sandbox, as Standard Webhooks say: the event.',
  })
  @ApiHeader({ name: 'webhook-timestamp', required: false, description: 'Of the sandbox: seconds since the epoch.' })
  @ApiHeader({
    name: 'webhook-signature',
    required: false,
    description: 'Of the sandbox: `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64.',
  })
  @ApiOperation({
    summary: 'What a payment provider tells: a charge or a refund was decided',
    description:
      'For the providers alone: the signature over the body as it was sent is checked, and must be at most five ' +
      'minutes old. An event that comes again has no second effect, and the order of events does not matter. Events ' +
      'that concern nothing of this shop are taken and ignored. A completed payment confirms its sale; money that came ' +
      'too late, twice, or in another amount than the sale costs is given back.',
  })
  @ApiOkResponse({ type: WebhookResponse })
  @ApiBadRequestResponse({
    type: Problem,
    description: '`webhook_signature_invalid`: missing, wrong or too old. `webhook_unreadable`: signed, but no event.',
  })
  @ApiNotFoundResponse({ type: Problem, description: '`payment_provider_not_found`.' })
  async receive(
    @Param('provider') provider: string,
    @Headers() headers: Record<string, string | string[] | undefined>,
    @RawBody() body: Buffer,
  ): Promise<WebhookResponse> {
    await this.webhooks.receive(provider, headers, body);
    return { received: true };
  }
}

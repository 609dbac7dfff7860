import { Inject, Injectable } from '@nestjs/common';
import { InvalidInput } from '../../common/domain-error.js';
import { formatMoney } from '../../common/money.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { Principal } from '../../platform/security/principal.js';
import { CartOwners } from './cart-owners.service.js';
import { CartPricing } from './cart-pricing.service.js';
import { CartReader } from './cart-reader.service.js';
import type { ShippingOptionsView } from './dto/shipping-options.dto.js';

/** Tells buyers how their cart can be sent. */
@Injectable()
export class ShippingOptionsService {
  constructor(
    private readonly owners: CartOwners,
    private readonly reader: CartReader,
    private readonly pricing: CartPricing,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws {InvalidInput} naming country, where nothing tells which */
  async list(caller: Principal, asked: string | undefined): Promise<ShippingOptionsView> {
    const owner = await this.owners.ownerOf(caller);
    const cart = owner && (await this.reader.find(owner));
    const { country, options } = await this.pricing.options(owner, cart, asked);
    if (country === null) throw InvalidInput.field('country', 'is required: there is no default delivery address');
    const currency = this.config.STORE_CURRENCY;
    const items = options.map(({ code, name, price }) => ({ code, name, price: formatMoney(price, currency) }));
    return { country, currency, items };
  }
}

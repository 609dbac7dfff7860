import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { NothingShips, ShippingMethodUnavailable } from './shipping.errors.js';
import type { Destination, ShippingOffer } from './shipping.events.js';
import { optionsFor, type Parcel, preferredOf, type ShippingOption } from './shipping-cost.js';
import { ShippingMethodsRepository } from './shipping-methods.repository.js';

export type { Destination, ShippingOffer, Tariff } from './shipping.events.js';
export { parcelOf, type ShippedLine, type ShippingOption } from './shipping-cost.js';

/** The door to shipping, for who prices carts and sales. */
@Injectable()
export class ShippingApi {
  constructor(
    private readonly methods: ShippingMethodsRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * What it costs to send something to a country; without one to the default address of a customer, or else within the
   * country of the shop.
   */
  destination(userId: string | null, country?: string): Promise<Destination> {
    return this.methods.destination(userId, country ?? null, this.config.STORE_COUNTRY ?? null);
  }

  /** The ways in which a parcel can be sent, as their shop orders them; none where it is not known where to. */
  static options({ country, tariffs }: ShippingOffer, parcel: Parcel): ShippingOption[] {
    return country === null || tariffs === null ? [] : optionsFor(tariffs, parcel);
  }

  /** How a cart would be sent if nothing else is said; undefined where that is not known. */
  static expected(offer: ShippingOffer, parcel: Parcel): ShippingOption | undefined {
    return preferredOf(ShippingApi.options(offer, parcel), offer.preferred);
  }

  /**
   * How a sale is sent: as it says, or else as its customer prefers, or else in the first way that there is. Undefined
   * for a shop without shipping methods.
   * @param wanted the code that the request names
   * @throws {ShippingMethodUnavailable | NothingShips}
   */
  static choose(
    { country, tariffs, preferred }: ShippingOffer & { readonly country: string },
    parcel: Parcel,
    wanted: string | undefined,
  ): ShippingOption | undefined {
    const options = optionsFor(tariffs ?? [], parcel);
    if (wanted === undefined) {
      if (tariffs !== null && options.length === 0) throw new NothingShips(country);
      return preferredOf(options, preferred);
    }
    const option = options.find(({ code }) => code === wanted.trim().toLowerCase());
    if (option !== undefined) return option;
    throw new ShippingMethodUnavailable(
      country,
      options.map(({ code }) => code),
    );
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

// A function that PostgreSQL does not write out into the statement that calls it: a shop without methods and rates does not
// call it, and then pays nothing for it. It is stable, and so sees what that statement sees.
const UP = `CREATE FUNCTION delivery_charges(destination text) RETURNS json LANGUAGE plpgsql STABLE AS $$
  BEGIN
    RETURN json_build_object(
      'tariffs', (SELECT CASE WHEN count(*) > 0 THEN coalesce(json_agg(json_build_object('code', m.code, 'name', m.name,
            'kind', m.kind, 'price', m.price::text, 'brackets', m.brackets, 'freeAbove', m.free_above::text,
            'taxCategory', m.tax_category) ORDER BY m.sort_order, m.code)
          FILTER (WHERE m.countries IS NULL OR destination = ANY (m.countries)), '[]') END
        FROM shipping_methods m WHERE m.active),
      'rates', (SELECT json_agg(json_build_object('region', r.region_key, 'category', r.category, 'rate', r.rate))
        FROM tax_rates r WHERE r.country = destination));
  END $$`;

/** What delivery to a country costs and is taxed, as JSON, for the statements that price carts and sales. */
export class AddDeliveryCharges1795237784000 implements MigrationInterface {
  name = 'AddDeliveryCharges1795237784000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION delivery_charges(text)');
  }
}

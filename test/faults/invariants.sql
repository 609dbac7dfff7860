-- What must be true of every shop at every moment. Each statement returns the rows that break its rule: none.

-- name: stock equals the sum of its movements
SELECT p.id, p.stock, coalesce(sum(m.delta), 0) AS movements
FROM products p LEFT JOIN stock_movements m ON m.product_id = p.id
GROUP BY p.id HAVING p.stock <> coalesce(sum(m.delta), 0) OR p.stock < 0;

-- name: every movement's balance follows from the one before
SELECT id, product_id, before, delta, balance_after FROM (
  SELECT id, product_id, delta, balance_after,
    lag(balance_after, 1, 0) OVER (PARTITION BY product_id ORDER BY position) AS before
  FROM stock_movements) m
WHERE balance_after <> before + delta OR balance_after < 0;

-- name: the times of a product's movements never run back
SELECT id, product_id, created_at, earlier FROM (
  SELECT id, product_id, created_at, lag(created_at) OVER (PARTITION BY product_id ORDER BY position) AS earlier
  FROM stock_movements) m
WHERE created_at < earlier;

-- name: units sold are the movements of reason sale
SELECT coalesce(i.sale_id, m.sale_id) AS sale_id, coalesce(i.product_id, m.product_id) AS product_id
FROM (SELECT i.sale_id, i.product_id, sum(i.quantity) AS units FROM sale_items i
  JOIN sales s ON s.id = i.sale_id
  -- An imported sale takes stock of all its lines, or of none.
  WHERE s.origin IS NULL OR i.sale_id IN (SELECT sale_id FROM stock_movements WHERE reason = 'sale' AND sale_id IS NOT NULL)
  GROUP BY 1, 2) i
FULL JOIN (SELECT m.sale_id, m.product_id, -sum(m.delta) AS units FROM stock_movements m
  WHERE m.sale_id IS NOT NULL AND m.reason = 'sale' GROUP BY 1, 2 HAVING sum(m.delta) <> 0) m
  ON m.sale_id = i.sale_id AND m.product_id = i.product_id
WHERE i.units IS DISTINCT FROM m.units;

-- name: the cart that opens a guest's sale is there
SELECT s.id, s.cart_id FROM sales s
WHERE s.user_id IS NULL AND s.cart_id IS NOT NULL AND NOT EXISTS (
  SELECT FROM carts c WHERE c.id = s.cart_id AND c.token_hash IS NOT NULL);

-- name: a sale that was placed under an idempotency key is there, and under no other key
SELECT k.caller, k.key, k.id FROM (
  SELECT caller, key, substr(body, 8, 36) AS id, count(*) OVER (PARTITION BY substr(body, 8, 36)) AS keys
  -- 0 while the payment of the same request is under way.
  FROM idempotency_keys WHERE status IN (0, 201) AND substr(body, 1, 7) = '{"id":"' AND substr(body, 44, 14) = '","number":"S-') k
WHERE k.keys > 1 OR NOT EXISTS (SELECT FROM sales s WHERE s.id = k.id::uuid);

-- name: each event of a provider is taken once
SELECT provider, event_id FROM payment_events GROUP BY 1, 2 HAVING count(*) > 1;

-- name: cancelled sales have released all they took, others nothing
SELECT s.id, s.status FROM sales s
LEFT JOIN (SELECT sale_id, sum(delta) AS units FROM stock_movements WHERE reason = 'release' GROUP BY 1) r
  ON r.sale_id = s.id
JOIN (SELECT sale_id, sum(quantity) AS units FROM sale_items GROUP BY 1) i ON i.sale_id = s.id
WHERE CASE WHEN s.status = 'cancelled' AND s.origin IS NULL THEN r.units IS DISTINCT FROM i.units
  ELSE r.units IS NOT NULL END;

-- name: a promotion's uses are those of its sales, within its limit, and its amounts are their discounts
SELECT pr.id FROM promotions pr WHERE pr.usage_limit IS NOT NULL
  AND pr.uses <> (SELECT count(*) FROM promotion_uses u WHERE u.promotion_id = pr.id)
UNION ALL
SELECT pr.id FROM promotions pr JOIN promotion_uses u ON u.promotion_id = pr.id AND u.customer IS NOT NULL
WHERE pr.per_customer_limit IS NOT NULL GROUP BY pr.id, u.customer, u.nth HAVING count(*) > 1
UNION ALL
SELECT u.sale_id FROM promotion_uses u JOIN sales s ON s.id = u.sale_id
GROUP BY u.sale_id, s.discount, s.status HAVING sum(u.amount) <> s.discount OR s.status = 'cancelled';

-- name: a sale's items and amounts add up
SELECT s.id FROM sales s LEFT JOIN sale_items i ON i.sale_id = s.id
GROUP BY s.id
HAVING count(i.sale_id) = 0 OR s.subtotal <> sum(i.unit_price * i.quantity) OR s.subtotal <> sum(i.line_total)
  OR s.discount <> sum(i.discount) OR s.total <> s.subtotal - s.discount + s.shipping + s.tax;

-- name: a sale's tax is that of its lines and its shipping, added or included but not both
SELECT s.id FROM sales s JOIN sale_items i ON i.sale_id = s.id
WHERE s.shipping_tax_rate IS NOT NULL GROUP BY s.id
HAVING s.tax <> sum(i.tax) + CASE WHEN s.prices_include_tax THEN 0 ELSE s.shipping_tax END
  OR CASE WHEN s.prices_include_tax THEN s.tax <> 0 ELSE sum(i.included_tax) <> 0 END
  OR bool_or(i.tax_rate IS NULL OR i.tax_rate = 0 AND i.tax + i.included_tax <> 0)
  OR bool_or(i.included_tax > i.line_total - i.discount) OR s.prices_include_tax AND s.shipping_tax > s.shipping;

-- name: an invoice has the taxes of its sale
SELECT v.id FROM invoices v JOIN sales s ON s.id = v.sale_id
WHERE v.kind = 'invoice' AND s.shipping_tax_rate IS NOT NULL AND (v.prices_include_tax <> s.prices_include_tax
  OR v.tax <> s.tax OR v.shipping_tax <> s.shipping_tax OR v.shipping_tax_rate IS DISTINCT FROM s.shipping_tax_rate
  OR (SELECT sum((l ->> 'includedTax')::bigint) FROM jsonb_array_elements(v.lines) l)
    <> (SELECT sum(i.included_tax) FROM sale_items i WHERE i.sale_id = s.id));

-- name: a sale is confirmed if and only if its total was paid in its currency
SELECT s.id, s.status FROM sales s
LEFT JOIN payments p ON p.sale_id = s.id AND p.status IN ('completed', 'refunded')
WHERE (s.status IN ('confirmed', 'shipped', 'delivered', 'returned')) AND s.origin IS NULL
    AND (p.id IS NULL OR p.amount <> s.total OR p.currency <> s.currency)
  OR s.status = 'pending' AND p.id IS NOT NULL;

-- name: one invoice per sale that was confirmed, with the same total, and none for others
SELECT s.id FROM sales s
LEFT JOIN sale_history h ON h.sale_id = s.id AND h.to_status = 'confirmed'
LEFT JOIN invoices v ON v.sale_id = s.id AND v.kind = 'invoice'
WHERE (h.id IS NULL) <> (v.id IS NULL) OR v.total <> s.total;

-- name: what was paid for a cancelled sale is being given back
SELECT s.id FROM sales s JOIN payments p ON p.sale_id = s.id AND p.status IN ('completed', 'refunded')
WHERE s.status = 'cancelled' AND p.refunded_amount <> p.amount
  -- What the provider refused to pay out is for staff.
  AND NOT EXISTS (SELECT FROM refunds r WHERE r.payment_id = p.id AND r.status = 'failed');

-- name: a charge pays its sale or goes back, not both
SELECT c.id, c.sale_id FROM stray_charges c JOIN payments p ON p.provider = c.provider AND p.provider_ref = c.provider_ref
WHERE p.status IN ('completed', 'refunded');

-- name: charges that are given up have failed
SELECT id, status FROM payments WHERE giving_up AND status <> 'failed';

-- name: failed refunds and payments say why
SELECT id FROM payments WHERE status = 'failed' AND failure_code IS NULL
UNION ALL SELECT id FROM refunds WHERE status = 'failed' AND failure_code IS NULL
UNION ALL SELECT id FROM stray_charges WHERE status = 'failed' AND failure_code IS NULL;

-- name: no undecided payment or stray charge is left alone for ten minutes while the jobs run
SELECT id FROM payments WHERE (status = 'pending' OR giving_up) AND updated_at < now() - interval '10 min'
  AND EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7236402 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
UNION ALL
SELECT id FROM stray_charges WHERE status = 'pending' AND updated_at < now() - interval '10 min'
  AND EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7236402 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()));

-- name: no payment waits on a sale that is decided
SELECT p.id FROM payments p JOIN sales s ON s.id = p.sale_id WHERE p.status = 'pending' AND s.status <> 'pending';

-- name: no invoice without a payment
SELECT v.id FROM invoices v
WHERE NOT EXISTS (SELECT FROM payments p WHERE p.sale_id = v.sale_id AND p.status IN ('completed', 'refunded'));

-- name: invoice numbers have no gap per kind and year
SELECT c.kind, c.year, c.last, count(v.id), max(v.sequence)
FROM invoice_counters c LEFT JOIN invoices v ON v.kind = c.kind AND v.year = c.year
GROUP BY c.kind, c.year, c.last HAVING count(v.id) <> c.last OR coalesce(max(v.sequence), 0) <> c.last;

-- name: refunds never exceed the payment
SELECT p.id FROM payments p LEFT JOIN refunds r ON r.payment_id = p.id AND r.status <> 'failed'
GROUP BY p.id HAVING coalesce(sum(r.amount), 0) > p.amount OR coalesce(sum(r.amount), 0) <> p.refunded_amount;

-- name: a refund is the sum of its items, its shipping and its tax
SELECT r.id FROM refunds r LEFT JOIN refund_items t ON t.refund_id = r.id
GROUP BY r.id HAVING r.amount <> r.subtotal - r.discount + r.shipping + r.tax
  OR r.subtotal <> coalesce(sum(t.line_total), 0) OR r.discount <> coalesce(sum(t.discount), 0)
  OR r.tax < coalesce(sum(t.tax), 0);

-- name: no more is given back of a line or of the shipping than was charged
SELECT i.sale_id, i.line_no FROM sale_items i LEFT JOIN (
  SELECT t.sale_id, t.line_no, sum(t.line_total - t.discount) AS net, sum(t.tax) AS tax, sum(t.units) AS units
  FROM refund_items t JOIN refunds r ON r.id = t.refund_id AND r.status <> 'failed' GROUP BY 1, 2) g
  ON g.sale_id = i.sale_id AND g.line_no = i.line_no
WHERE coalesce(g.net, 0) > i.line_total - i.discount OR coalesce(g.tax, 0) > i.tax
  OR coalesce(g.units, 0) <> i.refunded_units
UNION ALL
SELECT s.id, NULL FROM sales s JOIN refunds r ON r.sale_id = s.id AND r.status <> 'failed'
GROUP BY s.id HAVING sum(r.shipping) > s.shipping OR sum(r.tax) > s.tax;

-- name: a completed refund of an invoiced sale has one credit note of its amount, others none
SELECT r.id FROM refunds r LEFT JOIN invoices v ON v.refund_id = r.id AND v.kind = 'credit_note'
GROUP BY r.id HAVING sum(v.total) <> r.amount OR count(v.id) <> CASE
  WHEN r.status = 'completed' AND EXISTS (SELECT FROM invoices o WHERE o.sale_id = r.sale_id AND o.kind = 'invoice')
  THEN 1 ELSE 0 END;

-- name: the status of a payment and of its sale say what was given back
SELECT s.id, s.payment_status, p.status FROM sales s
LEFT JOIN payments p ON p.sale_id = s.id AND p.status IN ('completed', 'refunded')
CROSS JOIN LATERAL (SELECT coalesce(sum(r.amount), 0) AS amount FROM refunds r
  WHERE r.payment_id = p.id AND r.status = 'completed') back
WHERE s.origin IS NULL AND CASE WHEN back.amount = 0 THEN s.payment_status IN ('partially_refunded', 'refunded') OR p.status = 'refunded'
  WHEN back.amount = p.amount THEN s.payment_status <> 'refunded' OR p.status <> 'refunded'
  ELSE s.payment_status <> 'partially_refunded' OR p.status <> 'completed' END;

-- name: units asked back are those of returns that were not refused
SELECT i.sale_id, i.line_no FROM sale_items i JOIN sales s ON s.id = i.sale_id LEFT JOIN (
  SELECT t.sale_id, t.line_no, sum(t.quantity) AS units
  FROM sale_return_items t JOIN sale_returns r ON r.id = t.return_id AND r.status <> 'refused' GROUP BY 1, 2) g
  ON g.sale_id = i.sale_id AND g.line_no = i.line_no
WHERE i.returned_units <> CASE WHEN s.status = 'returned' THEN i.quantity ELSE coalesce(g.units, 0) END;

-- name: units shipped are those of its shipments: all of a sale that was shipped, none of one that is not paid
SELECT i.sale_id, i.line_no FROM sale_items i JOIN sales s ON s.id = i.sale_id
LEFT JOIN (SELECT sale_id, line_no, sum(quantity) AS units FROM sale_shipment_items GROUP BY 1, 2) t
  ON t.sale_id = i.sale_id AND t.line_no = i.line_no
WHERE i.shipped_units <> coalesce(t.units, 0) OR i.shipped_units > i.quantity
  OR s.status IN ('shipped', 'delivered', 'returned') AND s.origin IS NULL AND i.shipped_units <> i.quantity
  OR s.status IN ('pending', 'cancelled') AND i.shipped_units <> 0
UNION ALL
SELECT s.id, NULL FROM sales s WHERE s.status = 'confirmed' AND s.origin IS NULL
  AND NOT EXISTS (SELECT FROM sale_items i WHERE i.sale_id = s.id AND i.shipped_units < i.quantity);

-- name: the ledger has what came back of delivered sales, once
SELECT b.sale_id, b.product_id FROM (
  SELECT i.sale_id, i.product_id, bool_and(s.origin IS NULL) AS ours,
    sum(CASE WHEN s.status = 'returned' THEN i.quantity ELSE coalesce(g.units, 0) END) AS units
  FROM sale_items i JOIN sales s ON s.id = i.sale_id LEFT JOIN (
    SELECT t.sale_id, t.line_no, sum(t.quantity) AS units
    FROM sale_return_items t JOIN sale_returns r ON r.id = t.return_id AND r.status = 'received' GROUP BY 1, 2) g
    ON g.sale_id = i.sale_id AND g.line_no = i.line_no
  GROUP BY 1, 2) b
LEFT JOIN (SELECT sale_id, product_id, sum(delta) AS units FROM stock_movements
  WHERE sale_id IS NOT NULL AND reason = 'return' GROUP BY 1, 2) m
  ON m.sale_id = b.sale_id AND m.product_id = b.product_id
WHERE b.units <> coalesce(m.units, 0)
  -- What an imported sale has not taken does not come back.
  AND (b.ours OR b.sale_id IN (SELECT sale_id FROM stock_movements WHERE reason = 'sale' AND sale_id IS NOT NULL));

-- name: one sale.refunded event per completed refund
SELECT r.id FROM refunds r LEFT JOIN outbox_events e ON e.aggregate_id = r.sale_id AND e.type = 'sale.refunded'
  AND e.data ->> 'refundId' = r.id::text
WHERE r.updated_at > clock_now() - interval '29 days'
GROUP BY r.id HAVING count(e.id) <> CASE WHEN r.status = 'completed' THEN 1 ELSE 0 END;

-- name: one sale.placed event per sale
SELECT s.id FROM sales s LEFT JOIN outbox_events e ON e.aggregate_id = s.id AND e.type = 'sale.placed'
WHERE s.placed_at > clock_now() - interval '29 days' AND s.origin IS NULL
GROUP BY s.id HAVING count(e.id) <> 1;

-- name: one stock.changed event per movement of a sale
-- Counted side by side, not joined: of a product that everybody buys, each movement would be held against each event.
SELECT sale_id, product_id, reason, sum(movements) AS movements, sum(events) AS events FROM (
  SELECT sale_id, product_id, reason, 1 AS movements, 0 AS events FROM stock_movements
  WHERE sale_id IS NOT NULL AND created_at > clock_now() - interval '29 days'
  UNION ALL
  SELECT (data ->> 'saleId')::uuid, aggregate_id, data ->> 'reason', 0, 1 FROM outbox_events
  WHERE type = 'stock.changed' AND data ->> 'saleId' IS NOT NULL) b
WHERE reason IN ('sale', 'release', 'return')
GROUP BY 1, 2, 3 HAVING sum(movements) > 0 AND sum(movements) <> sum(events);

-- name: no reservation outlives its time by a minute while the jobs run
SELECT id, expires_at FROM sales
WHERE status = 'pending' AND expires_at < clock_now() - interval '60 s'
  AND EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7236402 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()));

-- name: no event waits for more than a minute while the jobs run
SELECT id, type, aggregate_id, occurred_at, attempts FROM outbox_events
WHERE published_at IS NULL AND occurred_at < clock_now() - interval '60 s'
  AND EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7236402 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()));

-- name: one live refresh token per family
SELECT family_id FROM refresh_tokens WHERE spent_at IS NULL AND revoked_at IS NULL GROUP BY family_id HAVING count(*) > 1;

-- name: at most one default address a customer
SELECT user_id FROM delivery_addresses WHERE is_default GROUP BY user_id HAVING count(*) > 1;

-- name: categories are a tree of at most ten levels
WITH RECURSIVE tree AS (
  SELECT id, 1 AS level FROM categories WHERE parent_id IS NULL
  UNION ALL
  SELECT c.id, t.level + 1 FROM categories c JOIN tree t ON c.parent_id = t.id WHERE t.level < 10)
SELECT id, slug, parent_id FROM categories c WHERE NOT EXISTS (SELECT FROM tree t WHERE t.id = c.id);

-- name: an imported sale has no invoice and no payment of ours
SELECT s.id FROM sales s WHERE s.origin IS NOT NULL AND (
  EXISTS (SELECT FROM invoices v WHERE v.sale_id = s.id) OR EXISTS (SELECT FROM payments p WHERE p.sale_id = s.id));

-- name: the sums of analytics have each sale as it is, or wait for it
SELECT s.id, s.number, s.status FROM sales s LEFT JOIN analytics_sales a ON a.sale_id = s.id
WHERE s.status NOT IN ('pending', 'draft')
  AND (a.status, a.country, a.lines) IS DISTINCT FROM (s.status, coalesce(s.delivery_address ->> 'country', ''),
    (SELECT max(i.line_no) FROM sale_items i WHERE i.sale_id = s.id))
  AND NOT EXISTS (SELECT FROM analytics_pending b WHERE b.sale_id = s.id)
  AND NOT EXISTS (SELECT FROM outbox_events e WHERE e.aggregate_id = s.id AND e.published_at IS NULL);

-- name: sums by the quarter of an hour are those of the sales
WITH lines AS (
  SELECT s.id, s.placed_at, a.status, a.country, a.customer, i.product_id,
    coalesce(p.category_id, '00000000-0000-0000-0000-000000000000') AS category_id,
    sum(i.quantity) AS units, sum(i.line_total - i.discount) AS revenue
  FROM analytics_sales a JOIN sales s ON s.id = a.sale_id
    JOIN sale_items i ON i.sale_id = s.id AND i.line_no <= a.lines JOIN products p ON p.id = i.product_id
  GROUP BY s.id, a.sale_id, i.product_id, p.category_id),
x AS (SELECT id, placed_at, status, country, customer, sum(units) AS units, sum(revenue) AS revenue
  FROM lines GROUP BY id, placed_at, status, country, customer)
(SELECT slot, country, status, sales, units, revenue FROM analytics_slots WHERE (sales, revenue) <> (0, 0)
  EXCEPT SELECT date_bin('15 minutes', placed_at, 'epoch') AS slot, country, status, count(*), sum(units), sum(revenue) FROM x GROUP BY 1, 2, 3)
UNION ALL
(SELECT date_bin('15 minutes', placed_at, 'epoch') AS slot, country, status, count(*), sum(units), sum(revenue) FROM x GROUP BY 1, 2, 3
  EXCEPT SELECT slot, country, status, sales, units, revenue FROM analytics_slots);

-- name: sums by product and day are those of the sales
WITH lines AS (
  SELECT s.id, s.placed_at, a.status, a.country, a.customer, i.product_id,
    coalesce(p.category_id, '00000000-0000-0000-0000-000000000000') AS category_id,
    sum(i.quantity) AS units, sum(i.line_total - i.discount) AS revenue
  FROM analytics_sales a JOIN sales s ON s.id = a.sale_id
    JOIN sale_items i ON i.sale_id = s.id AND i.line_no <= a.lines JOIN products p ON p.id = i.product_id
  GROUP BY s.id, a.sale_id, i.product_id, p.category_id)
(SELECT day, product_id, country, status, sales, units, revenue FROM analytics_product_days WHERE (sales, revenue) <> (0, 0)
  EXCEPT SELECT (placed_at AT TIME ZONE 'UTC')::date AS day, product_id AS product_id, country, status, count(*), sum(units), sum(revenue) FROM lines GROUP BY 1, 2, 3, 4)
UNION ALL
(SELECT (placed_at AT TIME ZONE 'UTC')::date AS day, product_id AS product_id, country, status, count(*), sum(units), sum(revenue) FROM lines GROUP BY 1, 2, 3, 4
  EXCEPT SELECT day, product_id, country, status, sales, units, revenue FROM analytics_product_days);

-- name: sums by category and day are those of the sales, unless a product was moved
WITH lines AS (
  SELECT s.id, s.placed_at, a.status, a.country, a.customer, i.product_id,
    coalesce(p.category_id, '00000000-0000-0000-0000-000000000000') AS category_id,
    sum(i.quantity) AS units, sum(i.line_total - i.discount) AS revenue
  FROM analytics_sales a JOIN sales s ON s.id = a.sale_id
    JOIN sale_items i ON i.sale_id = s.id AND i.line_no <= a.lines JOIN products p ON p.id = i.product_id
  GROUP BY s.id, a.sale_id, i.product_id, p.category_id),
x AS (SELECT id, placed_at, status, country, category_id, sum(units) AS units, sum(revenue) AS revenue
  FROM lines GROUP BY id, placed_at, status, country, category_id)
(SELECT day, category_id, country, status, sales, units, revenue FROM analytics_category_days WHERE (sales, revenue) <> (0, 0)
  AND NOT EXISTS (SELECT FROM analytics_moved_products)
  EXCEPT SELECT (placed_at AT TIME ZONE 'UTC')::date AS day, category_id AS category_id, country, status, count(*), sum(units), sum(revenue) FROM x WHERE NOT EXISTS (SELECT FROM analytics_moved_products) GROUP BY 1, 2, 3, 4)
UNION ALL
(SELECT (placed_at AT TIME ZONE 'UTC')::date AS day, category_id AS category_id, country, status, count(*), sum(units), sum(revenue) FROM x WHERE NOT EXISTS (SELECT FROM analytics_moved_products) GROUP BY 1, 2, 3, 4
  EXCEPT SELECT day, category_id, country, status, sales, units, revenue FROM analytics_category_days);

-- name: sums by customer and day are those of the sales
WITH lines AS (
  SELECT s.id, s.placed_at, a.status, a.country, a.customer, i.product_id,
    coalesce(p.category_id, '00000000-0000-0000-0000-000000000000') AS category_id,
    sum(i.quantity) AS units, sum(i.line_total - i.discount) AS revenue
  FROM analytics_sales a JOIN sales s ON s.id = a.sale_id
    JOIN sale_items i ON i.sale_id = s.id AND i.line_no <= a.lines JOIN products p ON p.id = i.product_id
  GROUP BY s.id, a.sale_id, i.product_id, p.category_id),
x AS (SELECT id, placed_at, status, country, customer, sum(units) AS units, sum(revenue) AS revenue
  FROM lines GROUP BY id, placed_at, status, country, customer)
(SELECT day, customer, country, status, sales, revenue FROM analytics_customer_days WHERE (sales, revenue) <> (0, 0)
  EXCEPT SELECT (placed_at AT TIME ZONE 'UTC')::date AS day, customer AS customer, country, status, count(*), sum(revenue) FROM x WHERE customer IS NOT NULL GROUP BY 1, 2, 3, 4)
UNION ALL
(SELECT (placed_at AT TIME ZONE 'UTC')::date AS day, customer AS customer, country, status, count(*), sum(revenue) FROM x WHERE customer IS NOT NULL GROUP BY 1, 2, 3, 4
  EXCEPT SELECT day, customer, country, status, sales, revenue FROM analytics_customer_days);

-- name: sums by product and month are those of the sales
WITH lines AS (
  SELECT s.id, s.placed_at, a.status, a.country, a.customer, i.product_id,
    coalesce(p.category_id, '00000000-0000-0000-0000-000000000000') AS category_id,
    sum(i.quantity) AS units, sum(i.line_total - i.discount) AS revenue
  FROM analytics_sales a JOIN sales s ON s.id = a.sale_id
    JOIN sale_items i ON i.sale_id = s.id AND i.line_no <= a.lines JOIN products p ON p.id = i.product_id
  GROUP BY s.id, a.sale_id, i.product_id, p.category_id)
(SELECT month, product_id, country, status, sales, units, revenue FROM analytics_product_months WHERE (sales, revenue) <> (0, 0)
  EXCEPT SELECT date_trunc('month', placed_at AT TIME ZONE 'UTC')::date AS month, product_id AS product_id, country, status, count(*), sum(units), sum(revenue) FROM lines GROUP BY 1, 2, 3, 4)
UNION ALL
(SELECT date_trunc('month', placed_at AT TIME ZONE 'UTC')::date AS month, product_id AS product_id, country, status, count(*), sum(units), sum(revenue) FROM lines GROUP BY 1, 2, 3, 4
  EXCEPT SELECT month, product_id, country, status, sales, units, revenue FROM analytics_product_months);

-- name: sums by category and month are those of the sales, unless a product was moved
WITH lines AS (
  SELECT s.id, s.placed_at, a.status, a.country, a.customer, i.product_id,
    coalesce(p.category_id, '00000000-0000-0000-0000-000000000000') AS category_id,
    sum(i.quantity) AS units, sum(i.line_total - i.discount) AS revenue
  FROM analytics_sales a JOIN sales s ON s.id = a.sale_id
    JOIN sale_items i ON i.sale_id = s.id AND i.line_no <= a.lines JOIN products p ON p.id = i.product_id
  GROUP BY s.id, a.sale_id, i.product_id, p.category_id),
x AS (SELECT id, placed_at, status, country, category_id, sum(units) AS units, sum(revenue) AS revenue
  FROM lines GROUP BY id, placed_at, status, country, category_id)
(SELECT month, category_id, country, status, sales, units, revenue FROM analytics_category_months WHERE (sales, revenue) <> (0, 0)
  AND NOT EXISTS (SELECT FROM analytics_moved_products)
  EXCEPT SELECT date_trunc('month', placed_at AT TIME ZONE 'UTC')::date AS month, category_id AS category_id, country, status, count(*), sum(units), sum(revenue) FROM x WHERE NOT EXISTS (SELECT FROM analytics_moved_products) GROUP BY 1, 2, 3, 4)
UNION ALL
(SELECT date_trunc('month', placed_at AT TIME ZONE 'UTC')::date AS month, category_id AS category_id, country, status, count(*), sum(units), sum(revenue) FROM x WHERE NOT EXISTS (SELECT FROM analytics_moved_products) GROUP BY 1, 2, 3, 4
  EXCEPT SELECT month, category_id, country, status, sales, units, revenue FROM analytics_category_months);

-- name: sums by customer and month are those of the sales
WITH lines AS (
  SELECT s.id, s.placed_at, a.status, a.country, a.customer, i.product_id,
    coalesce(p.category_id, '00000000-0000-0000-0000-000000000000') AS category_id,
    sum(i.quantity) AS units, sum(i.line_total - i.discount) AS revenue
  FROM analytics_sales a JOIN sales s ON s.id = a.sale_id
    JOIN sale_items i ON i.sale_id = s.id AND i.line_no <= a.lines JOIN products p ON p.id = i.product_id
  GROUP BY s.id, a.sale_id, i.product_id, p.category_id),
x AS (SELECT id, placed_at, status, country, customer, sum(units) AS units, sum(revenue) AS revenue
  FROM lines GROUP BY id, placed_at, status, country, customer)
(SELECT month, customer, country, status, sales, revenue FROM analytics_customer_months WHERE (sales, revenue) <> (0, 0)
  EXCEPT SELECT date_trunc('month', placed_at AT TIME ZONE 'UTC')::date AS month, customer AS customer, country, status, count(*), sum(revenue) FROM x WHERE customer IS NOT NULL GROUP BY 1, 2, 3, 4)
UNION ALL
(SELECT date_trunc('month', placed_at AT TIME ZONE 'UTC')::date AS month, customer AS customer, country, status, count(*), sum(revenue) FROM x WHERE customer IS NOT NULL GROUP BY 1, 2, 3, 4
  EXCEPT SELECT month, customer, country, status, sales, revenue FROM analytics_customer_months);

-- What a shop has to keep for the measured requests, and nothing else. Amounts are minor units.
CREATE TABLE account (
  id uuid PRIMARY KEY,
  email text NOT NULL UNIQUE,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE category (
  id uuid PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL
);

-- fillfactor leaves room for heap-only updates of the stock.
CREATE TABLE product (
  id uuid PRIMARY KEY,
  sku text NOT NULL UNIQUE,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  description text NOT NULL,
  category_id uuid REFERENCES category,
  price bigint NOT NULL CHECK (price >= 0),
  stock integer NOT NULL CHECK (stock >= 0),
  active boolean NOT NULL DEFAULT true,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 80);
CREATE INDEX product_newest ON product (created_at DESC, id DESC) WHERE active;
CREATE INDEX product_category ON product (category_id, id);
CREATE INDEX product_price ON product (price, id);
CREATE INDEX product_name ON product (name);

CREATE TABLE cart (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL UNIQUE REFERENCES account ON DELETE CASCADE,
  version integer NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 80);

CREATE TABLE cart_line (
  cart_id uuid NOT NULL REFERENCES cart ON DELETE CASCADE,
  product_id uuid NOT NULL REFERENCES product,
  quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 999),
  unit_price bigint NOT NULL CHECK (unit_price >= 0),
  added_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (cart_id, product_id)
);
CREATE INDEX cart_line_product ON cart_line (product_id);

CREATE TABLE delivery_address (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  address jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX delivery_address_account ON delivery_address (account_id, id);

CREATE SEQUENCE sale_number START 100000;

CREATE TABLE sale (
  id uuid PRIMARY KEY,
  number text NOT NULL UNIQUE,
  account_id uuid NOT NULL REFERENCES account,
  email text NOT NULL,
  currency char(3) NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'confirmed', 'cancelled')),
  subtotal bigint NOT NULL CHECK (subtotal >= 0),
  discount bigint NOT NULL CHECK (discount >= 0),
  shipping bigint NOT NULL CHECK (shipping >= 0),
  tax bigint NOT NULL CHECK (tax >= 0),
  total bigint NOT NULL,
  delivery_address jsonb NOT NULL,
  placed_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (total = subtotal - discount + shipping + tax)
) WITH (fillfactor = 90);
CREATE INDEX sale_account ON sale (account_id, id);
CREATE INDEX sale_pending ON sale (id) WHERE status = 'pending';

CREATE TABLE sale_item (
  sale_id uuid NOT NULL REFERENCES sale,
  line_no integer NOT NULL,
  product_id uuid NOT NULL REFERENCES product,
  sku text NOT NULL,
  name text NOT NULL,
  unit_price bigint NOT NULL CHECK (unit_price >= 0),
  quantity integer NOT NULL CHECK (quantity > 0),
  line_total bigint NOT NULL,
  discount bigint NOT NULL,
  tax bigint NOT NULL,
  PRIMARY KEY (sale_id, line_no),
  CHECK (line_total = unit_price * quantity)
);
CREATE INDEX sale_item_product ON sale_item (product_id, sale_id);

CREATE TABLE stock_movement (
  id uuid PRIMARY KEY,
  product_id uuid NOT NULL REFERENCES product,
  sale_id uuid REFERENCES sale,
  delta integer NOT NULL CHECK (delta <> 0),
  level_after integer NOT NULL CHECK (level_after >= 0),
  reason text NOT NULL CHECK (reason IN ('receipt', 'adjustment', 'sale', 'release', 'return')),
  moved_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX stock_movement_product ON stock_movement (product_id, id);
CREATE UNIQUE INDEX stock_movement_once ON stock_movement (sale_id, product_id) WHERE reason = 'release';

CREATE TABLE sale_history (
  id uuid PRIMARY KEY,
  sale_id uuid NOT NULL REFERENCES sale,
  from_status text,
  to_status text NOT NULL,
  actor text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sale_history_sale ON sale_history (sale_id, id);

CREATE TABLE payment (
  id uuid PRIMARY KEY,
  sale_id uuid NOT NULL REFERENCES sale,
  provider text NOT NULL,
  method text NOT NULL,
  amount bigint NOT NULL CHECK (amount >= 0),
  currency char(3) NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'completed', 'failed')),
  provider_reference text UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX payment_one_per_sale ON payment (sale_id) WHERE status IN ('pending', 'completed');

CREATE TABLE idempotency_record (
  account_id uuid NOT NULL REFERENCES account,
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
  request_hash bytea NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_record_created ON idempotency_record USING brin (created_at);

CREATE TABLE outbox_event (
  id uuid PRIMARY KEY,
  aggregate_id uuid NOT NULL,
  type text NOT NULL,
  data jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE invoice_counter (
  year integer PRIMARY KEY,
  last integer NOT NULL
) WITH (fillfactor = 10);

CREATE TABLE invoice (
  id uuid PRIMARY KEY,
  year integer NOT NULL,
  number integer NOT NULL CHECK (number > 0),
  sale_id uuid NOT NULL UNIQUE REFERENCES sale,
  account_id uuid NOT NULL REFERENCES account,
  sale_number text NOT NULL,
  currency char(3) NOT NULL,
  subtotal bigint NOT NULL,
  discount bigint NOT NULL,
  shipping bigint NOT NULL,
  tax bigint NOT NULL,
  total bigint NOT NULL,
  seller jsonb NOT NULL,
  buyer jsonb NOT NULL,
  lines jsonb NOT NULL,
  issued_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (year, number)
);

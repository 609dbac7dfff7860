import { AS_IT_IS, AS_SUMMED, BEHIND, NO_CATEGORY, UNSUMMED_SQL } from './facts.statements.js';
import { type GroupBy, type Grouping, type Question, UNSUMMED } from './question.js';
import { type Covered, daysOf, monthsOf, type Span, slotsOf } from './spans.js';
import { Values } from './sql-values.js';

/** A statement with what it asks of the database. */
export interface Query {
  readonly text: string;
  readonly values: readonly unknown[];
}

const SUMS = 'sum(sales) AS sales, sum(units) AS units, sum(revenue) AS revenue';
const SIGNED = 'sum(sign) AS sales, sum(sign * units) AS units, sum(sign * revenue) AS revenue';

/** Writes the statement that answers a question: sums of what is covered by them, and what they lack from the sales. */
export class AnswerWriter {
  private readonly values = new Values();
  private readonly statuses: string;
  private readonly country: string | undefined;
  private readonly product: string | undefined;
  private readonly categories: string | undefined;
  private readonly ctes: string[] = [`behind AS MATERIALIZED (${BEHIND})`];
  private readonly bases = new Set<string>();

  /** @param summed whether the sums by category may be used */
  constructor(
    private readonly question: Question,
    private readonly summed: boolean,
  ) {
    const { country, productId, categoryIds } = question;
    this.statuses = this.values.add(question.statuses, 'text[]');
    this.country = country === undefined ? undefined : this.values.add(country, 'text');
    this.product = productId === undefined ? undefined : this.values.add(productId, 'uuid');
    this.categories = categoryIds === undefined ? undefined : this.values.add(categoryIds, 'uuid[]');
  }

  /**
   * The groups that are wanted: rows of one grouping name its place among `groupings` as their part.
   * @param whole totals and how many customers there were, too
   */
  answer(groupings: readonly Grouping[], whole: boolean): Query {
    const parts = whole ? [this.totals(), this.customers()] : [];
    parts.push(...groupings.map((grouping, place) => this.groups(grouping, place)));
    const text = parts.map((part) => `(${part})`).join('\nUNION ALL ');
    return { text: `WITH ${this.ctes.join(',\n')}\n${text}`, values: this.values.all };
  }

  private get narrow(): boolean {
    return this.product !== undefined || this.categories !== undefined;
  }

  private totals(): string {
    const [slots, sales] = this.bySlots();
    const sums = slots === undefined ? '' : `SELECT ${SUMS} FROM analytics_slots WHERE ${slots} UNION ALL `;
    return `SELECT 'totals' AS part, NULL::text AS key, NULL::text AS label, NULL::uuid AS id,
      coalesce(sum(sales), 0)::bigint AS sales, coalesce(sum(units), 0)::bigint AS units,
      coalesce(sum(revenue), 0)::bigint AS revenue
      FROM (${sums}SELECT ${SIGNED} FROM ${sales}) t`;
  }

  private customers(): string {
    const { sums, basis } = this.byDays('customer', 'customer, sales', this.narrow);
    // Lines are dear, and say nothing of who bought, unless some of them are looked at alone.
    const sales = this.narrow ? `${basis}_sales` : `${basis}_states`;
    const live = `SELECT customer, sign AS sales FROM ${sales} WHERE customer IS NOT NULL`;
    return `SELECT 'customers', NULL, NULL, NULL, count(*), count(*) FILTER (WHERE times >= 2), 0
      FROM (SELECT sum(sales) AS times FROM (${[...sums, live].join(' UNION ALL ')}) c
        GROUP BY customer HAVING sum(sales) > 0) t`;
  }

  private groups(grouping: Grouping, place: number): string {
    const { by, sort, limit } = grouping;
    const direction = sort === 'key' ? 'ASC' : 'DESC';
    const most = limit === undefined ? '' : ` LIMIT ${this.values.add(limit, 'int')}`;
    return `SELECT '${place}' AS part, key, label, id, sales::bigint, units::bigint, revenue::bigint FROM (${this.grouped(by)}) g
      WHERE sales <> 0 ORDER BY ${sort} ${direction}, key${most}`;
  }

  private grouped(by: GroupBy): string {
    if (by === 'product') return this.byProduct();
    if (by === 'category') return this.byCategory();
    const [slots, sales] = this.bySlots();
    const of = (time: string): string => {
      if (by === 'country') return 'country';
      const local = `${time} AT TIME ZONE ${this.values.add(this.question.zone, 'text')}`;
      return by === 'day' ? `(${local})::date` : `date_trunc('month', ${local})::date`;
    };
    const sums =
      slots === undefined ? [] : [`SELECT ${of('slot')} AS k, ${SUMS} FROM analytics_slots WHERE ${slots} GROUP BY 1`];
    const live = `SELECT ${of('placed_at')} AS k, ${SIGNED} FROM ${sales} GROUP BY 1`;
    const shape = { day: `to_char(k, 'YYYY-MM-DD')`, month: `to_char(k, 'YYYY-MM')`, country: 'k' }[by];
    return `SELECT ${shape} AS key, ${shape} AS label, NULL::uuid AS id, ${SUMS}
      FROM (${[...sums, live].join(' UNION ALL ')}) t GROUP BY k`;
  }

  private byProduct(): string {
    const { sums, basis } = this.byDays('product', 'product_id, sales, units, revenue', false);
    const live = `SELECT product_id, sign AS sales, sign * units AS units, sign * revenue AS revenue FROM ${basis}_lines`;
    return `SELECT p.sku AS key, p.name AS label, p.id, t.sales, t.units, t.revenue FROM (
      SELECT product_id, ${SUMS} FROM (${[...sums, live].join(' UNION ALL ')}) u GROUP BY product_id) t
      JOIN products p ON p.id = t.product_id`;
  }

  private byCategory(): string {
    const { sums, basis } = this.byDays(
      'category',
      'category_id, sales, units, revenue',
      !this.summed || this.product !== undefined,
    );
    const live = `SELECT category_id, sign AS sales, sign * sum(units) AS units, sign * sum(revenue) AS revenue FROM (
      SELECT l.id, l.sign, l.units, l.revenue, coalesce(p.category_id, '${NO_CATEGORY}') AS category_id
      FROM ${basis}_lines l JOIN products p ON p.id = l.product_id) l GROUP BY id, sign, category_id`;
    return `SELECT coalesce(c.slug, '') AS key, coalesce(c.name, '') AS label, c.id, t.sales, t.units, t.revenue FROM (
      SELECT category_id, ${SUMS} FROM (${[...sums, live].join(' UNION ALL ')}) u GROUP BY category_id) t
      LEFT JOIN categories c ON c.id = t.category_id`;
  }

  /** Which slots count, and where the sales are that they lack. */
  private bySlots(): [slots: string | undefined, sales: string] {
    const span = slotsOf(this.question);
    const covered = this.narrow ? nothingOf(this.question) : span;
    const basis = this.basis(this.narrow ? 'all' : 'slots', covered);
    if (covered.empty) return [undefined, `${basis}_sales`];
    return [`${this.within('slot', covered, 'timestamptz')}${this.filters('')}`, `${basis}_sales`];
  }

  /** Sums by whole months, and by the days around them. */
  private byDays(of: 'product' | 'category' | 'customer', columns: string, live: boolean) {
    const covered = live ? nothingOf(this.question) : daysOf(this.question);
    const basis = this.basis(live ? 'all' : 'days', covered);
    if (covered.empty) return { sums: [], basis };
    const months = monthsOf(covered);
    const filters = this.filters(of);
    const days: Span[] = months.empty
      ? [covered]
      : [
          { from: covered.from, to: months.from },
          { from: months.to, to: covered.to },
        ];
    const read = (unit: 'day' | 'month', span: Span): string =>
      `SELECT ${columns} FROM analytics_${of}_${unit}s WHERE ${this.within(unit, span, 'date')}${filters}`;
    const sums = days.filter(({ from, to }) => from < to).map((span) => read('day', span));
    if (!months.empty) sums.push(read('month', months));
    return { sums, basis };
  }

  private within(column: string, { from, to }: Span, type: 'date' | 'timestamptz'): string {
    const value = (time: Date): string =>
      this.values.add(type === 'date' ? time.toISOString().slice(0, 10) : time, type);
    return `${column} >= ${value(from)} AND ${column} < ${value(to)}`;
  }

  /** Conditions on a table of sums. */
  private filters(of: string): string {
    const where = [` AND status = ANY (${this.statuses})`];
    if (this.country !== undefined) where.push(`country = ${this.country}`);
    if (of === 'product' && this.product !== undefined) where.push(`product_id = ${this.product}`);
    if (of === 'product' && this.categories !== undefined) {
      where.push(`product_id IN (SELECT id FROM products WHERE category_id = ANY (${this.categories}))`);
    }
    if (of === 'category' && this.categories !== undefined) where.push(`category_id = ANY (${this.categories})`);
    return where.join(' AND ');
  }

  /**
   * What sums of `covered` lack: sales outside of it as they are, and of those inside that have changed since, what they
   * are and, with the sign −1, what the sums have of them.
   */
  private basis(name: string, covered: Covered): string {
    if (this.bases.has(name)) return name;
    this.bases.add(name);
    const { from, to } = this.question;
    const country = (expression: string): string => (this.country ? ` AND ${expression} = ${this.country}` : '');
    const ofSale = ` AND s.status = ANY (${this.statuses})${country(`coalesce(s.delivery_address ->> 'country', '')`)}`;
    // An index has the sales of this shop, another one those of others.
    const now = (span: Span): string[] =>
      ['IS NULL', 'IS NOT NULL'].map(
        (origin) =>
          `SELECT ${AS_IT_IS} FROM sales s
           WHERE s.origin ${origin} AND ${this.within('s.placed_at', span, 'timestamptz')}${ofSale}`,
      );
    const states = [
      { from, to: covered.from },
      { from: covered.to, to },
    ]
      .filter((edge) => edge.from < edge.to)
      .flatMap(now);
    if (!covered.empty) states.push(...this.corrections(covered, ofSale, country('a.country')));
    const narrow = this.narrow ? this.lineFilter() : '';
    this.ctes.push(
      `${name}_states AS ${this.narrow ? 'NOT ' : ''}MATERIALIZED (${states.join('\nUNION ALL ')})`,
      `${name}_lines AS MATERIALIZED (
        SELECT st.id, st.sign, st.placed_at, st.country, st.customer, i.product_id,
          sum(i.quantity)::bigint AS units, sum(i.line_total - i.discount)::bigint AS revenue
        FROM ${name}_states st JOIN sale_items i ON i.sale_id = st.id AND i.line_no <= st.lines${narrow}
        GROUP BY 1, 2, 3, 4, 5, 6)`,
      `${name}_sales AS MATERIALIZED (
        SELECT id, sign, placed_at, country, customer, sum(units)::bigint AS units, sum(revenue)::bigint AS revenue
        FROM ${name}_lines GROUP BY 1, 2, 3, 4, 5)`,
    );
    return name;
  }

  private corrections(covered: Covered, ofSale: string, country: string): string[] {
    const inside = this.within('s.placed_at', covered, 'timestamptz');
    const behind = 'FROM behind b JOIN sales s ON s.id = b.sale_id';
    const parts = [
      `SELECT ${AS_IT_IS} ${behind} WHERE ${inside} AND s.status NOT IN (${UNSUMMED_SQL})${ofSale}`,
      `SELECT ${AS_SUMMED} ${behind} JOIN analytics_sales a ON a.sale_id = s.id
       WHERE ${inside} AND a.status = ANY (${this.statuses})${country}`,
    ];
    if (this.question.statuses.some((status) => (UNSUMMED as readonly string[]).includes(status))) {
      parts.push(`SELECT ${AS_IT_IS} FROM sales s WHERE ${inside} AND s.status IN (${UNSUMMED_SQL})${ofSale}`);
    }
    return parts;
  }

  private lineFilter(): string {
    if (this.product !== undefined && this.categories === undefined) return ` AND i.product_id = ${this.product}`;
    const inCategory = ` AND i.product_id IN (SELECT id FROM products WHERE category_id = ANY (${this.categories}))`;
    return this.product === undefined ? inCategory : `${inCategory} AND i.product_id = ${this.product}`;
  }
}

/** A period of which nothing is covered. */
function nothingOf({ to }: Span): Covered {
  return { from: to, to, empty: true };
}

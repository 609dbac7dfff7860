/** A product of the example shop; the price is in hundredths, whatever the currency. */
export interface SeedProduct {
  readonly sku: string;
  readonly name: string;
  readonly cents: number;
  readonly stock: number;
  readonly category: string;
  readonly description: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Categories of the example shop, each after the one above it. */
export const SEED_CATEGORIES: readonly { readonly name: string; readonly parent?: string }[] = [
  { name: 'Home' },
  { name: 'Kitchen', parent: 'Home' },
  { name: 'Lighting', parent: 'Home' },
  { name: 'Textiles', parent: 'Home' },
  { name: 'Outdoors' },
  { name: 'Camping', parent: 'Outdoors' },
  { name: 'Garden', parent: 'Outdoors' },
  { name: 'Stationery' },
];

const product = (
  [sku, name, category]: readonly [string, string, string],
  cents: number,
  stock: number,
  description: string,
  attributes: Readonly<Record<string, string>> = {},
): SeedProduct => ({ sku, name, category, cents, stock, description, attributes });

export const SEED_PRODUCTS: readonly SeedProduct[] = [
  product(
    ['MUG-350-BLUE', 'Stoneware mug, 350 ml, blue', 'kitchen'],
    1_490,
    120,
    'Glazed inside and out, with a handle that fits three fingers. Dishwasher-safe.',
    { material: 'stoneware', colour: 'blue' },
  ),
  product(
    ['MUG-350-SAND', 'Stoneware mug, 350 ml, sand', 'kitchen'],
    1_490,
    85,
    'Glazed inside and out, with a handle that fits three fingers. Dishwasher-safe.',
    { material: 'stoneware', colour: 'sand' },
  ),
  product(
    ['PAN-IRON-26', 'Cast-iron pan, 26 cm', 'kitchen'],
    4_950,
    34,
    'Seasoned with linseed oil and ready to use on every hob, in the oven and over a fire.',
    { material: 'cast iron', diameter: '26 cm' },
  ),
  product(
    ['KNIFE-CHEF-20', "Chef's knife, 20 cm", 'kitchen'],
    6_900,
    22,
    'A forged blade of stainless steel with a full tang and a handle of walnut.',
    { blade: '20 cm', handle: 'walnut' },
  ),
  product(
    ['BOARD-OAK-L', 'Oak chopping board, large', 'kitchen'],
    3_875,
    41,
    'End grain, 45 by 30 cm, with a groove that catches the juice.',
    { material: 'oak' },
  ),
  product(
    ['KETTLE-1L', 'Pour-over kettle, 1 litre', 'kitchen'],
    5_400,
    18,
    'A gooseneck spout pours as slowly as coffee wants.',
    { material: 'stainless steel' },
  ),
  product(
    ['JAR-SET-3', 'Storage jars, set of three', 'kitchen'],
    2_250,
    60,
    'Half a litre, one litre and two, with lids of cork.',
    { material: 'glass' },
  ),
  product(
    ['LAMP-DESK-01', 'Desk lamp with a jointed arm', 'lighting'],
    7_900,
    27,
    'Stays where it is put. Dimmable in four steps, warm white.',
    { colour: 'graphite' },
  ),
  product(
    ['LAMP-TABLE-02', 'Table lamp, linen shade', 'lighting'],
    5_990,
    15,
    'A turned base of ash and a shade of undyed linen.',
    { material: 'ash, linen' },
  ),
  product(
    ['LIGHT-STRING-10', 'String lights, 10 m', 'lighting'],
    2_490,
    73,
    'A hundred warm white lights on a cable that may get wet.',
    { length: '10 m' },
  ),
  product(
    ['CANDLE-BEE-4', 'Beeswax candles, four', 'lighting'],
    1_650,
    0,
    'Dipped by hand; each burns for nine hours.',
    { material: 'beeswax' },
  ),
  product(
    ['TOWEL-LINEN-2', 'Linen tea towels, pair', 'textiles'],
    1_800,
    96,
    'Woven in a herringbone that dries glasses without lint.',
    { material: 'linen' },
  ),
  product(
    ['BLANKET-WOOL', 'Wool blanket, 130 × 180 cm', 'textiles'],
    8_900,
    19,
    'Lambswool, with fringes on the short sides.',
    { material: 'wool' },
  ),
  product(['CUSHION-45', 'Cushion cover, 45 × 45 cm', 'textiles'], 2_150, 52, 'Heavy cotton with a hidden zip.', {
    material: 'cotton',
  }),
  product(
    ['RUG-COTTON-S', 'Cotton rug, 70 × 140 cm', 'textiles'],
    4_200,
    11,
    'Flat-woven and washable; the same on both sides.',
    { material: 'cotton' },
  ),
  product(
    ['TENT-2P', 'Tent for two, three seasons', 'camping'],
    18_900,
    8,
    'Stands in five minutes and weighs 2.4 kg with its pegs.',
    { weight: '2.4 kg' },
  ),
  product(
    ['STOVE-GAS', 'Folding gas stove', 'camping'],
    3_490,
    30,
    'Boils half a litre in three minutes and folds into a fist.',
    { weight: '95 g' },
  ),
  product(['BOTTLE-750', 'Insulated bottle, 750 ml', 'camping'], 2_890, 64, 'Keeps tea hot for twelve hours.', {
    volume: '750 ml',
  }),
  product(
    ['HEADLAMP-300', 'Headlamp, 300 lumens', 'camping'],
    3_950,
    37,
    'Rechargeable, with a red light that spares night vision.',
    { light: '300 lm' },
  ),
  product(
    ['TROWEL-STEEL', 'Garden trowel', 'garden'],
    1_690,
    48,
    'Forged from one piece of steel, with marks for planting depth.',
    { material: 'steel' },
  ),
  product(
    ['SECATEURS', 'Bypass secateurs', 'garden'],
    3_290,
    25,
    'For branches of up to 22 mm; the blade can be replaced.',
    { cut: '22 mm' },
  ),
  product(
    ['SEEDS-HERB-6', 'Herb seeds, six kinds', 'garden'],
    990,
    140,
    'Basil, chives, coriander, dill, parsley and thyme.',
    { origin: 'organic' },
  ),
  product(
    ['NOTEBOOK-A5', 'Notebook A5, dotted', 'stationery'],
    1_250,
    210,
    'A hundred and sixty pages of 100 g paper, sewn so that it lies flat.',
    { size: 'A5' },
  ),
  product(
    ['PEN-BRASS', 'Brass ballpoint pen', 'stationery'],
    2_600,
    55,
    'Turned from solid brass; takes a common refill.',
    { material: 'brass' },
  ),
];

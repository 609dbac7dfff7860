/**
 * Words that the most used passwords are made of: keyboard runs, greetings, names, teams, heroes, seasons.
 * People meet the rules for upper case, digits and special characters by dressing these up: `Password1!`, `P@ssw0rd`,
 * `Summer2024!`. Guessers do the same, so such a password counts as the bare word.
 */
const WORDS = new Set(
  `
  a aa aaa ab abc abcd abcde abcdef abcdefg abcdefgh abcabc qwe qwer qwert qwerty qwertyu qwertyui qwertyuio
  qwertyuiop asd asdf asdfg asdfgh asdfghj asdfghjk asdfghjkl zxc zxcv zxcvb zxcvbn zxcvbnm qaz qazwsx qazwsxedc wsx
  zaq zaqwsx qweasd qweasdzxc qweqwe asdasd zxczxc qwaszx azerty azertyuiop qwertz qwertzuiop poiuytrewq lkjhgfdsa
  mnbvcxz pass passwd password passwords passw passwort motdepasse contrasena senha parola passport passcode
  passphrase mypassword mypass yourpassword newpassword nopassword defaultpassword thepassword admin admins
  administrator administrador adminadmin adminpass adminpassword root rootroot toor superuser sysadmin superadmin
  webadmin oracle mysql postgres database cisco changeme change changeit letmein letmeinnow openup opensesame access
  accessdenied enter login logon signin welcome welcomeback welcometo bienvenue willkommen hello helloworld
  hellohello hallo bonjour hola ciao iloveyou iloveu iloveme loveme loveyou lovelove lovely lover loveforever mylove
  jetaime tequiero teamo monkey dragon master shadow killer hunter ranger tigger tiger lion eagle falcon phoenix
  panther cheetah wolf buster bailey charlie cookie ginger pepper maggie molly daisy lucky buddy rocky max oreo
  michael jennifer jordan jessica ashley amanda nicole daniel andrew joshua matthew anthony thomas robert william
  richard george david james john johnny joseph justin brandon tyler austin taylor hannah samantha elizabeth michelle
  melissa stephanie rachel sarah heather lauren danielle victoria natalie patricia maria marie alexander alexandra
  alexis andrea angela angel angels anna barbara benjamin brian carlos caroline catherine charles chris christian
  christina christopher diana edward eric francis gabriel harley jasmine jackson jason julian kevin laura leonardo
  linda lisa louise lucas marcus mario mark martin mary mohammed muhammad monica nathan nicholas oliver olivia
  patrick paul peter philip rebecca roberto ronaldo rosemary ryan sandra sebastian simon sophie steven susan teresa
  tony vanessa veronica vincent walter football baseball basketball soccer hockey softball volleyball golf tennis
  rugby cricket fishing hunting swimming liverpool arsenal chelsea manchester manutd barcelona realmadrid juventus
  milan bayern steelers cowboys yankees lakers eagles packers raiders redsox dodgers dolphins broncos superman batman
  spiderman ironman wolverine deadpool hulk thor captain avengers pokemon pikachu naruto goku starwars startrek
  skywalker darthvader yoda matrix trinity morpheus neo gandalf frodo hobbit hogwarts harrypotter potter hermione
  minecraft fortnite roblox warcraft starcraft counterstrike playstation nintendo xbox zelda princess prince queen
  king kings duchess sunshine rainbow butterfly flower flowers rose sunflower lilly lily cherry strawberry banana
  orange apple pineapple chocolate cheese coffee cookies cupcake candy sugar honey pumpkin summer winter spring
  autumn fall january february march april june july august september october november december monday tuesday
  wednesday thursday friday saturday sunday birthday christmas halloween easter holiday vacation america american
  canada england london paris berlin germany france italy espana mexico brasil brazil argentina colombia india
  pakistan china japan australia russia moscow newyork california texas florida boston chicago dallas houston denver
  atlanta seattle vegas lasvegas hollywood computer internet windows microsoft google facebook twitter instagram
  linkedin youtube amazon android samsung iphone nokia sony toshiba compaq dell macbook netflix whatsapp gmail yahoo
  hotmail freedom liberty justice peace forever whatever nothing something blessed faith jesus jesuschrist christ
  heaven godisgood godislove bible prayer grace hope trust trustno trustnoone destiny dreams family friends mother
  father mommy daddy mama papa baby babygirl babyboy sister brother husband mustang corvette camaro ferrari porsche
  lamborghini mercedes bmw audi honda toyota yamaha suzuki harleydavidson nissan subaru jaguar chevy chevrolet jeep
  truck trucks money dollar dollars million millionaire rich gold golden silver diamond platinum crystal ruby thunder
  lightning storm hurricane tornado fire ice snow ocean river mountain forest galaxy universe cosmos stars pirate
  ninja samurai warrior soldier marine army navy airforce sniper assassin gangster player gamer hacker metallica
  nirvana slipknot eminem beatles blink ladygaga shakira rihanna blue blues red green black purple yellow white pink
  `
    .trim()
    .split(/\s+/),
);

/** Patterns on the keyboard that no bare word is left of, in lower case. */
const PATTERNS = new Set(
  `
  1qaz@wsx !qaz2wsx 1qaz!qaz !qaz1qaz zaq1@wsx zaq!2wsx zaq1!qaz 1qaz2wsx! 1qaz@wsx3edc !qaz@wsx3edc 1qaz2wsx#edc
  !q1q!q1q q1w2e3r4! q1w2e3r4t5! !q2w3e4r 1q2w3e4r! 1q2w3e4r5t! 1q2w#e4r q1w@e3r4 qwe123!@# 123qwe!@# !@#123qwe
  1a2b3c4d! a1b2c3d4! asd123!@# 123asd!@# abc123!@# zxc123!@# !@#qwe123 p@55w0rd p455w0rd! 3rjs1la7qe! a1s2d3f4!
  `
    .trim()
    .split(/\s+/),
);

/** Counting on the number row takes no more thought than one digit does. */
const COUNTING = /1234567890|123456789|12345678|1234567|123456|12345|1234|123/g;

/** More than this around a word may be a thought of its owner's. */
const MAX_DRESSING = 6;

const LETTER_OF: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
  '+': 't',
  '8': 'b',
  '9': 'g',
}; // prettier-ignore

/**
 * Whether a password is one of the most used, or such a word with digits, signs and look-alike letters around and in it,
 * or either of them several times.
 */
export function isCommonPassword(password: string): boolean {
  const lower = password.toLowerCase();
  if (PATTERNS.has(lower)) return true;
  const repeated = /^(.+?)\1+$/s.exec(lower)?.[1];
  if (repeated !== undefined) return isCommonPassword(repeated);
  const short = lower.replaceAll(COUNTING, '1');
  const trimmedEnd = short.replace(/[^a-z]{1,128}$/, '');
  return [trimmedEnd, trimmedEnd.replace(/^[^a-z]{1,128}/, '')].some((core) => {
    if (short.length - core.length > MAX_DRESSING) return false;
    const word = core.replaceAll(/[^a-z]/g, (sign) => LETTER_OF[sign] ?? sign);
    return WORDS.has(word) || WORDS.has(word.replaceAll('i', 'l'));
  });
}

import type { Mail } from './mailer.js';

/** What a mail says: paragraphs, a link to follow, and what to know beside. */
export interface Letter {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly action?: { readonly label: string; readonly href: string };
  readonly notes?: readonly string[];
}

/** HTML that needs no escaping any more. */
class Markup {
  constructor(readonly text: string) {}
}

type Piece = string | Markup | readonly Markup[];

/** Builds HTML; whatever is put into it is escaped, unless it was built in the same way. */
function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(strings.reduce((text, string, index) => `${text}${render(pieces[index - 1] ?? '')}${string}`));
}

function render(piece: Piece): string {
  if (piece instanceof Markup) return piece.text;
  return typeof piece === 'string' ? escapeHtml(piece) : piece.map(({ text }) => text).join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as it stands in HTML, between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

// Mail programs know neither style sheets nor custom properties: the style stands at each element.
const FONT = 'font-family:system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif';
const BUTTON =
  'display:inline-block;padding:12px 20px;border-radius:6px;background:#1f4f46;color:#ffffff;font-weight:600;text-decoration:none';
const SMALL = 'margin:0 0 8px;font-size:13px;line-height:1.5;color:#5b6461';

/** A letter in the style of the house, to one address. Nothing in it is fetched from elsewhere. */
export function writeMail(to: string, storeName: string, letter: Letter): Mail {
  return { to, subject: letter.subject, text: plainText(storeName, letter), html: page(storeName, letter).text };
}

function plainText(storeName: string, { paragraphs, action, notes = [] }: Letter): string {
  const link = action === undefined ? [] : [`${action.label}:\n${action.href}`];
  return `${[...paragraphs, ...link, ...notes, `-- \n${storeName}`].join('\n\n')}\n`;
}

function page(storeName: string, { subject, paragraphs, action, notes = [] }: Letter): Markup {
  const body = paragraphs.map((text) => html`<p style="margin:0 0 16px;line-height:1.5">${text}</p>`);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${subject}</title>
</head>
<body style="margin:0;background:#f4f5f2;${FONT};font-size:16px;color:#1d2321">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:8px">
<tr><td style="padding:32px">
<p style="margin:0 0 24px;font-weight:700">${storeName}</p>
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">${subject}</h1>
${body}
${action === undefined ? '' : button(action)}
${notes.map((text) => html`<p style="${SMALL}">${text}</p>`)}
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}

function button({ label, href }: { readonly label: string; readonly href: string }): Markup {
  return html`<p style="margin:24px 0"><a href="${href}" style="${BUTTON}">${label}</a></p>
<p style="${SMALL}">If the button does not work, open this address:<br><a href="${href}" style="color:#1f4f46;word-break:break-all">${href}</a></p>`;
}

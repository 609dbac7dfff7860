/** An element: its name, what is in it, and its attributes. Elements that are left out are undefined. */
export type XmlElement = readonly [name: string, content: XmlContent, attributes?: Readonly<Record<string, string>>];
export type XmlContent = string | readonly (XmlElement | undefined)[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

// What is no Char of XML 1.0 (section 2.2): control characters, halves of surrogate pairs, two non-characters.
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/**
 * A text that may stand in an element or an attribute, and comes out of a parser as it was: also its line ends, which
 * a parser would change. What XML cannot hold becomes U+FFFD.
 */
export function escapeXml(text: string): string {
  return text.replace(NOT_XML, '\u{fffd}').replace(/[&<>"\r\n\t]/g, (character) => ESCAPES[character] ?? character);
}

/** A document in UTF-8 with one root. */
export function writeXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, '')}`;
}

function write([name, content, attributes = {}]: XmlElement, indent: string): string {
  const said = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  const start = `${indent}<${name}${said.join('')}>`;
  if (typeof content === 'string') return `${start}${escapeXml(content)}</${name}>\n`;
  const children = content.map((child) => (child === undefined ? '' : write(child, `${indent}  `)));
  return `${start}\n${children.join('')}${indent}</${name}>\n`;
}

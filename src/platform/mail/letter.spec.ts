import { writeMail } from './letter.js';

const letter = {
  subject: 'Confirm <this>',
  paragraphs: ['First & foremost.', 'Then "that".'],
  action: { label: 'Confirm', href: "https://shop.example/x?a=1&b='2'#token=abc" },
  notes: ['Or else.'],
};
const mail = writeMail('ada@example.com', '<b>Ada’s</b>', letter);

describe('a letter', () => {
  it('says the same as text and as HTML', () => {
    expect(mail.text).toBe(
      'First & foremost.\n\nThen "that".\n\nConfirm:\nhttps://shop.example/x?a=1&b=\'2\'#token=abc\n\nOr else.\n\n-- \n<b>Ada’s</b>\n',
    );
    for (const part of ['First &amp; foremost.', 'Then &quot;that&quot;.', '>Confirm</a>', 'Or else.']) {
      expect(mail.html).toContain(part);
    }
  });

  it('has no markup but its own', () => {
    expect(mail.html).toContain('<title>Confirm &lt;this&gt;</title>');
    expect(mail.html).toContain('&lt;b&gt;Ada’s&lt;/b&gt;');
    expect(mail.html).toContain('href="https://shop.example/x?a=1&amp;b=&#39;2&#39;#token=abc"');
    expect(mail.html).not.toMatch(/<b>|\[object|undefined/);
  });

  it('fetches nothing when it is opened', () => {
    expect(mail.html).not.toMatch(/<img|<link|<script|url\(|src=/);
  });

  it('does without a link', () => {
    const { text, html } = writeMail('ada@example.com', 'Shop', { subject: 'News', paragraphs: ['Hello.'] });
    expect(text).toBe('Hello.\n\n-- \nShop\n');
    expect(html).not.toContain('<a ');
  });
});

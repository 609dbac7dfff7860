import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** A mail as the sink got it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: string;
  /** Headers and body, as on the wire. */
  readonly source: string;
}

/** An SMTP server on loopback that keeps what it is sent (RFC 5321, as much of it as a client needs). */
export class SmtpSink {
  readonly mails: ReceivedMail[] = [];
  /** The reply to RCPT, to refuse recipients with. */
  recipientReply = '250 OK';
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((socket) => this.serve(socket));

  async listen(port = 0): Promise<this> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => undefined);
    const reply = (line: string): void => void socket.write(`${line}\r\n`);
    const envelope = { from: '', to: '' };
    let data: string[] | undefined;
    let rest = '';
    const command = (line: string): void => {
      const [, address = ''] = /<(.*)>/.exec(line) ?? [];
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'MAIL') envelope.from = address;
      if (verb === 'RCPT') envelope.to = address;
      if (verb === 'DATA') data = [];
      if (verb === 'RCPT') reply(this.recipientReply);
      else reply(verb === 'DATA' ? '354 Go on' : verb === 'QUIT' ? '221 Bye' : '250 OK');
      if (verb === 'QUIT') socket.end();
    };
    const content = (line: string, lines: string[]): void => {
      if (line !== '.') {
        lines.push(line.startsWith('.') ? line.slice(1) : line);
        return;
      }
      this.mails.push({ ...envelope, source: lines.join('\r\n') });
      data = undefined;
      reply('250 Kept');
    };
    socket.setEncoding('utf8').on('data', (chunk) => {
      const lines = `${rest}${chunk}`.split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) data === undefined ? command(line) : content(line, data);
    });
    reply('220 sink');
  }
}

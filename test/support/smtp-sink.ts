import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

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
  /** Replies by command; to refuse with. */
  readonly replies: Record<string, string> = { DATA: '354 Go on', QUIT: '221 Bye' };
  /** Times that a client has connected. */
  connections = 0;
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
    this.connections += 1;
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => undefined);
    const session = new Session(this);
    let rest = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      const lines = `${rest}${chunk}`.split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const reply = session.read(line);
        if (reply !== undefined) socket.write(`${reply}\r\n`);
      }
    });
    socket.write('220 sink\r\n');
  }
}

class Session {
  private readonly envelope = { from: '', to: '' };
  private data: string[] | undefined;

  constructor(private readonly sink: SmtpSink) {}

  /** Takes a line; gives the reply that it calls for. */
  read(line: string): string | undefined {
    return this.data === undefined ? this.command(line) : this.content(line, this.data);
  }

  private command(line: string): string {
    const verb = line.slice(0, 4).toUpperCase();
    const address = /<(.*?)>/.exec(line)?.[1] ?? '';
    if (verb === 'MAIL') this.envelope.from = address;
    if (verb === 'RCPT') this.envelope.to = address;
    if (verb === 'DATA') this.data = [];
    return this.sink.replies[verb] ?? '250 OK';
  }

  private content(line: string, lines: string[]): string | undefined {
    if (line !== '.') {
      lines.push(line.startsWith('.') ? line.slice(1) : line);
      return undefined;
    }
    this.sink.mails.push({ ...this.envelope, source: lines.join('\r\n') });
    this.data = undefined;
    return '250 Kept';
  }
}

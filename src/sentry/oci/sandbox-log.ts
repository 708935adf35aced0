/**
 * SandboxLog: what a sandbox tells of itself, a line at a time, in its log; and what concerns the user's
 * program, such as a system call that there is not, in a log for users too. What is below the level is left
 * out. Written directly: Node's event loop does not run in a sandbox.
 */
import type { Host } from "../../host/host.ts";
import { formatLine, LOG_LEVELS, type LogForm, type LogLevel } from "../../oci/log-line.ts";
import type { LogChoice } from "./boot-message.ts";

export class SandboxLog {
  readonly #host: Host;
  /** -1 for none. */
  readonly fd: number;
  readonly #userFd: number;
  readonly #form: LogForm;
  level: LogLevel;

  constructor(host: Host, { form, level }: LogChoice, fd: number, userFd: number) {
    this.#host = host;
    this.fd = fd;
    this.#userFd = userFd;
    this.#form = form;
    this.level = level;
  }

  error(msg: string): void {
    this.#say("error", msg);
  }

  info(msg: string): void {
    this.#say("info", msg);
  }

  debug(msg: string): void {
    this.#say("debug", msg);
  }

  /** Something that the program's own user should know. */
  forUser(msg: string): void {
    this.#say("warning", msg);
    if (this.#userFd >= 0) this.#write(this.#userFd, this.#line("warning", msg));
  }

  /** A line of a trace: quoted where a line has to be JSON, else as it is, behind the time. */
  traced(text: string): string {
    const time = new Date().toISOString();
    if (this.#form === "text") return `${time} ${text}\n`;
    return `${formatLine(this.#form, { time, level: "debug", msg: text })}\n`;
  }

  #say(level: LogLevel, msg: string): void {
    if (this.fd < 0 || LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(this.level)) return;
    this.#write(this.fd, this.#line(level, msg));
  }

  #line(level: LogLevel, msg: string): string {
    return `${formatLine(this.#form, { time: new Date().toISOString(), level, msg })}\n`;
  }

  #write(fd: number, line: string): void {
    this.#host.write(fd, new TextEncoder().encode(line));
  }
}

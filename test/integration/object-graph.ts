/**
 * Walks every object that can be reached from a root, private fields included, breadth first, so that
 * the path told is a shortest one. Each object is told once; the visitor's answers say where not to go.
 * Private fields are read through Node's inspector, in this very process; nothing else can see them.
 */
import { Session } from "node:inspector";

export interface Visitor {
  /** An object, a function, a symbol or a big integer. Return false to leave it unopened. */
  visit(value: object | symbol | bigint, path: string): boolean;
  /** A field of an instance, of any type. Return false not to follow it. */
  enters(holder: object, field: string, value: unknown): boolean;
}

/** How to show a step, the field's name if it is one, and what is there. */
type Step = [shown: string, field: string | null, value: unknown];

export function walk(root: object, visitor: Visitor): void {
  const reader = new PrivateFields();
  const seen = new Set<unknown>([root]);
  const work: [object, string][] = [[root, root.constructor.name]];
  for (let at = 0; at < work.length; at++) {
    const [holder, path] = work[at]!;
    if (!visitor.visit(holder, path) || typeof holder !== "object") continue;
    for (const [shown, field, value] of steps(holder, reader)) {
      if (field !== null && !visitor.enters(holder, field, value)) continue;
      const isPlain =
        value === null || ["number", "string", "boolean", "undefined"].includes(typeof value);
      if (isPlain || seen.has(value)) continue;
      seen.add(value);
      work.push([value as object, path + shown]);
    }
  }
  reader.close();
}

function* steps(value: object, reader: PrivateFields): Generator<Step> {
  // A view on the memory that is shared with stubs would show all of it.
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return;
  if (value instanceof Map)
    for (const [key, item] of value) {
      yield [".key", null, key];
      yield [`.get(${typeof key === "object" ? "…" : String(key)})`, null, item];
    }
  if (value instanceof Set) for (const item of value) yield [".item", null, item];
  for (const key of Reflect.ownKeys(value)) {
    const { value: held, get } = Reflect.getOwnPropertyDescriptor(value, key)!;
    const name = String(key);
    if (Array.isArray(value)) yield [`[${name}]`, null, held];
    else yield [`.${name}`, name, get ?? held];
  }
  for (const [name, held] of reader.read(value)) yield [`.${name}`, name, held];
}

class PrivateFields {
  readonly #session = new Session();
  /** By prototype. A class without a # in its text has none, and asking the inspector is slow. */
  readonly #mayHave = new Map<unknown, boolean>();

  constructor() {
    this.#session.connect();
  }

  close(): void {
    this.#session.disconnect();
  }

  *read(value: object): Generator<[string, unknown]> {
    if (!this.#may(Object.getPrototypeOf(value))) return;
    const globals = globalThis as { walked?: unknown };
    globals.walked = value;
    const { result } = this.#post("Runtime.evaluate", {
      expression: "globalThis.walked",
      objectGroup: "walk",
    });
    const { privateProperties = [] } = this.#post("Runtime.getProperties", {
      objectId: result.objectId,
      ownProperties: true,
    });
    for (const { name, value: field } of privateProperties) {
      if (field === undefined) continue; // an accessor
      if (field.objectId === undefined) {
        yield [name, field.value];
        continue;
      }
      this.#post("Runtime.callFunctionOn", {
        objectId: field.objectId,
        functionDeclaration: "function () { globalThis.walked = this; }",
      });
      if (!isMethod(globals.walked, name)) yield [name, globals.walked];
    }
    this.#post("Runtime.releaseObjectGroup", { objectGroup: "walk" });
    delete globals.walked;
  }

  #may(prototype: object | null): boolean {
    if (prototype === null || prototype === Object.prototype) return false;
    const known = this.#mayHave.get(prototype);
    if (known !== undefined) return known;
    const text = Function.prototype.toString.call(prototype.constructor);
    const may = /#\w/.test(text) || this.#may(Object.getPrototypeOf(prototype));
    this.#mayHave.set(prototype, may);
    return may;
  }

  // biome-ignore lint/suspicious/noExplicitAny: the protocol's answers have many shapes
  #post(method: string, params: object): any {
    let answer: unknown;
    this.#session.post(method, params, (error: Error | null, result?: object) => {
      if (error !== null) throw error;
      answer = result;
    });
    return answer;
  }
}

/** Private methods are listed beside the fields. */
function isMethod(found: unknown, name: string): boolean {
  if (typeof found !== "function") return false;
  const text = Function.prototype.toString.call(found);
  return text.startsWith(`${name}(`) || text.startsWith(`*${name}(`);
}
